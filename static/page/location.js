/**
 * Where this is: only on a tap, once, and rounded here before anything keeps it: a visit to about a kilometre, a card to about a metre, because what was
 * agreed shows within 75 metres. With an anonymous consultation it goes again.
 */
const PATIENCE = 10_000;
const rounded = (degrees, decimals) => String(Math.floor(degrees * 10 ** decimals + 0.5) / 10 ** decimals);

export function locateOnTap() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-locate]");
    if (button) locate(button);
  });
  document.addEventListener("change", ({ target }) => {
    const anonymous = target.name === "anonymous" || target.value === "anonymous_consultation";
    if (anonymous && target.checked && target.form) put(target.form, "", "", "");
  });
}

function locate(button) {
  const { form, dataset } = button;
  const decimals = Number(dataset.decimals);
  const found = ({ coords }) => put(form, rounded(coords.latitude, decimals), rounded(coords.longitude, decimals), dataset.found);
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
