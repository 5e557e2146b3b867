// Let a phone keep the app: its worker looks after the page without a network.
"use strict";

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/sw.js").catch(() => {}); // without it all works but the app
}
