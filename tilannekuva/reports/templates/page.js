// Opens the part of the page that the address points at. Everything works without it.
(function () {
  function open() {
    var name = decodeURIComponent(location.hash.slice(1));
    var at = name && document.getElementById(name);
    for (var up = at; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") { up.open = true; }
    }
    if (at && at.tagName === "DETAILS") { at.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  open();
}());
