// Reads {lighthouse, pages: [{name, url, cookies}]} from its input and writes one JSON line for each
// page at a desk and on a phone: {name, screen, scores: {category: 0..100}, findings: [text]}.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const given = JSON.parse(readFileSync(0, "utf-8"));
const there = createRequire(`${given.lighthouse}/package.json`);
const load = async (name) => import(pathToFileURL(there.resolve(name)).href);
const { default: lighthouse, desktopConfig } = await load("lighthouse");
const { launch } = await load("chrome-launcher");
const { default: puppeteer } = await load("puppeteer-core");

const SCREENS = { phone: undefined, desk: desktopConfig };
// nothing is measured in seconds here: a page that is quiet for half of one has come
const WANTED = {
  onlyCategories: ["accessibility", "best-practices"],
  disableFullPageScreenshot: true,
  disableStorageReset: true, // it would sign out
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 500,
  networkQuietThresholdMs: 500,
  cpuQuietThresholdMs: 500,
};

const words = (item) =>
  item.node?.selector ?? item.description ?? item.issueType ?? item.url ?? JSON.stringify(item);

const findings = (report, category) =>
  category.auditRefs
    .filter((one) => one.weight > 0)
    .map((one) => report.audits[one.id])
    .filter((one) => one.score !== null && one.score < 1)
    .flatMap((one) => (one.details?.items ?? [{ description: one.title }])
      .map((item) => `${one.id}: ${words(item)}`));

// whoever is sent to the sign-in page has not seen the page that was asked for
const elsewhere = (page, report) =>
  report.finalDisplayedUrl === page.url ? [] : [`led to ${report.finalDisplayedUrl}`];

const chrome = await launch({
  chromePath: given.chromium,
  chromeFlags: ["--headless=new", ...given.flags],
});
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${chrome.port}` });
try {
  for (const page of given.pages) {
    const tab = await browser.newPage();
    const found = await browser.cookies();
    await browser.deleteCookie(...found);
    const { hostname: domain } = new URL(page.url);
    const kept = Object.entries(page.cookies);
    await browser.setCookie(...kept.map(([name, value]) => ({ name, value, domain, path: "/" })));
    for (const [screen, config] of Object.entries(SCREENS)) {
      const { lhr } = await lighthouse(page.url, WANTED, config, tab);
      const categories = Object.entries(lhr.categories);
      console.log(JSON.stringify({
        name: page.name,
        screen,
        scores: Object.fromEntries(categories.map(([id, one]) => [id, Math.round(one.score * 100)])),
        findings: lhr.runtimeError
          ? [lhr.runtimeError.message]
          : [...elsewhere(page, lhr), ...categories.flatMap(([, one]) => findings(lhr, one))],
      }));
    }
    await tab.close();
  }
} finally {
  await browser.disconnect();
  await chrome.kill();
}
