// Runs before the first paint, so that a chosen theme never flashes the other one.
// Keys of the predecessor are carried over once; its values have the same form.
(function () {
  try {
    var store = window.localStorage;
    ["theme", "collapsed"].forEach(function (name) {
      var old = store.getItem("launchpad-" + name);
      if (old !== null) {
        if (store.getItem("sortie-" + name) === null) store.setItem("sortie-" + name, old);
        store.removeItem("launchpad-" + name);
      }
    });
    var theme = store.getItem("sortie-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is closed to us: the system's theme is the answer.
  }
})();
