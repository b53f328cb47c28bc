// The console's only script: keeps the live parts of a page fresh. The server sends a part when it has changed.
"use strict";

const address = document.body.dataset.liveFrom;
if (address) listen(address);

function listen(from) {
  const source = new EventSource(from);
  const sign = document.getElementById("live-sign");
  const show = (isLive) => sign && sign.classList.toggle("lost", !isLive);
  source.addEventListener("open", () => show(true));
  source.addEventListener("error", () => {
    show(false);
    // A refused stream is not tried again by the browser: the session is over, and the page leads to the login.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  source.addEventListener("parts", (event) => {
    for (const [name, text] of Object.entries(JSON.parse(event.data))) replace(name, text);
  });
  source.addEventListener("reload", () => location.reload());
  addEventListener("pagehide", () => source.close());
  // A page that comes back from the browser's memory has no stream any more.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function replace(name, text) {
  const part = document.querySelector(`[data-live="${CSS.escape(name)}"]`);
  if (!part) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  morphChildren(part, fresh.content);
}

// Changes what differs and leaves the rest: a link keeps its focus, and a click in the middle of a change is not lost.
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  morphChildren(old, fresh);
}

function morphChildren(old, fresh) {
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  after.forEach((node, at) => before[at] ? morph(before[at], node) : old.append(node));
  for (const node of before.slice(after.length)) node.remove();
}
