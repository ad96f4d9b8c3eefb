// The portal: makes the frame as tall as the dashboard in it, and closes the
// user menu on Escape and on a click elsewhere.
const frame = document.getElementById("frame");
const menu = document.getElementById("menu");

addEventListener("message", (e) => {
  if (e.source !== frame.contentWindow || e.origin !== location.origin) return;
  const height = Number(e.data?.height);
  if (height > 0 && height < 20000) frame.style.height = `${Math.ceil(height)}px`;
});

menu.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
addEventListener("click", (e) => { if (!menu.contains(e.target)) menu.open = false; });
