// A page that answers a post stands at the address of the page that its form was on: to come back to it, or to load it anew,
// asks the server for that page, instead of asking the person whether to send everything again.
if (document.referrer.startsWith(`${location.origin}/`)) history.replaceState(history.state, "", document.referrer);
