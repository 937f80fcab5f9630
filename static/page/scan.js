/**
 * Scanning the code on somebody else's phone: `[data-scan]` opens the camera and fills the field that `data-scan-into` names. Typing always works too,
 * and is where everybody without a camera or without permission ends up.
 */
import { warn } from "./warn.js";

const EVERY = 200;

export function scanCodes() {
  for (const button of document.querySelectorAll("[data-scan]")) button.hidden = !navigator.mediaDevices?.getUserMedia;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-scan]");
    if (!button) return;
    event.preventDefault();
    scan(button).catch(() => giveUp(button));
  });
}

async function detector() {
  if ("BarcodeDetector" in window && (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    return new window.BarcodeDetector({ formats: ["qr_code"] });
  }
  const { BarcodeDetector } = await import("/static/build/barcode.js");
  return new BarcodeDetector({ formats: ["qr_code"] });
}

async function scan(button) {
  const field = document.querySelector(button.dataset.scanInto);
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, className: "scan" });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const stop = () => {
    stream.getTracks().forEach((track) => track.stop());
    video.remove();
  };
  video.addEventListener("click", stop);
  window.addEventListener("pagehide", stop, { once: true });
  try {
    video.srcObject = stream;
    button.after(video);
    await video.play();
    const eye = await detector();
    while (video.isConnected) {
      const code = codeIn((await eye.detect(video))[0]?.rawValue);
      if (code) {
        field.value = code;
        field.form.requestSubmit();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  } finally {
    stop();
  }
}

/** The code itself, or the address of /join with the code in it. */
export function codeIn(text) {
  if (!text) return null;
  const bare = /^[A-Za-z0-9]{6}$/.exec(text.trim());
  if (bare) return bare[0].toUpperCase();
  try {
    return new URL(text).searchParams.get("code");
  } catch {
    return null;
  }
}

function giveUp(button) {
  button.hidden = true;
  warn("no-camera");
  document.querySelector(button.dataset.scanInto)?.focus();
}
