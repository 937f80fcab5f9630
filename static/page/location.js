/**
 * Where a visit was: only on a tap, once, and rounded here to about a kilometre before anything keeps it. With an anonymous consultation it goes again.
 */
const PATIENCE = 10_000;
const rounded = (degrees) => String(Math.floor(degrees * 100 + 0.5) / 100);

export function locateOnTap() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-locate]");
    if (button) locate(button);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.value === "anonymous_consultation" && target.checked && target.form) put(target.form, "", "", "");
  });
}

function locate(button) {
  const { form, dataset } = button;
  const found = ({ coords }) => put(form, rounded(coords.latitude), rounded(coords.longitude), dataset.found);
  const refused = () => put(form, "", "", dataset.refused);
  if (!navigator.geolocation) return refused();
  navigator.geolocation.getCurrentPosition(found, refused, { timeout: PATIENCE, maximumAge: 60_000 });
}

function put(form, lat, lng, said) {
  const status = form.querySelector("[data-located]");
  if (!status) return;
  form.querySelector("[name=lat]").value = lat;
  form.querySelector("[name=lng]").value = lng;
  status.textContent = said;
}
