#!/usr/bin/env python3
"""Does an exported report open in headless Chromium without a message on the console and without a request, in light and
dark, and does it show the values under the pointer? Of pictures in SVG: are they XML, and the same otherwise?

    EXPORTS_FOLDER=FOLDER cargo test --release --test exports -- --ignored
    python3 check_html.py FOLDER/seed.html FOLDER/both.html FOLDER/seed.svg FOLDER/seed-dashboard.svg

Needs chromium on the path. Leaves screenshots beside each file; exits 1 when something is wrong.
"""
import json, os, re, subprocess, sys, tempfile, xml.dom.minidom

PROBE = """<script>
addEventListener("load", () => {
  for (const svg of document.querySelectorAll(".chart svg")) {
    const box = svg.getBoundingClientRect();
    svg.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + box.width / 2, clientY: box.top + 50, bubbles: true }));
  }
  const tips = [...document.querySelectorAll(".tip")].map(tip => tip.hidden ? "" : tip.textContent);
  const images = [...document.querySelectorAll("img")].map(image => image.naturalWidth);
  document.body.dataset.probe = JSON.stringify({ tips, images });
});
</script>"""
# Chromium's own errands would hide what the page does.
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--enable-logging=stderr"]


def chromium(page, *flags):
    with tempfile.TemporaryDirectory() as profile:
        log = os.path.join(profile, "net.json")
        command = ["chromium", *QUIET, f"--user-data-dir={profile}", f"--log-net-log={log}", *flags, f"file://{page}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        with open(log) as file:
            return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line], file.read()


def looked_at(path):
    """Screenshots in light and dark beside the file; what was wrong."""
    problems = []
    for mode, scheme in (("light", 1), ("dark", 0)):
        shot = f"{os.path.splitext(path)[0]}-{mode}.png"
        flags = [f"--blink-settings=preferredColorScheme={scheme}", "--window-size=1200,3300", f"--screenshot={shot}"]
        _, console, net = chromium(path, *flags)
        # Where a request goes to, whoever makes it; those of the browser itself go to Google.
        urls = set(re.findall(r'"url":"(https?|wss?)://([^"/]*)', net))
        problems += console + [f"a request to {host}" for _, host in urls if not host.endswith((".google.com", ".googleapis.com", ".gvt1.com"))]
    return problems


bad = 0
for path in [path for path in sys.argv[1:] if path.endswith(".svg")]:
    elements = xml.dom.minidom.parse(path).getElementsByTagName("*")
    problems = looked_at(os.path.abspath(path))
    print(f"{os.path.basename(path)}: {len(elements)} elements: {problems or 'fine'}")
    bad += bool(problems)
for path in [os.path.abspath(path) for path in sys.argv[1:] if not path.endswith(".svg")]:
    with open(path) as file:
        page = file.read()
    with tempfile.NamedTemporaryFile("w", suffix=".html") as probed:
        probed.write(page.replace("</body>", PROBE + "</body>"))
        probed.flush()
        dom, console, _ = chromium(probed.name, "--dump-dom")
    probe = json.loads(re.search(r'data-probe="([^"]*)"', dom).group(1).replace("&quot;", '"'))
    shown = len(probe["tips"]) == 3 and all(re.match(r"step [\d,]+\D+[\d.]", tip) for tip in probe["tips"])
    loaded = all(probe["images"])
    problems = console + ([] if shown else [f"values not shown: {probe['tips']}"]) + ([] if loaded else ["an image is broken"])
    problems += looked_at(path)
    print(f"{os.path.basename(path)}: {len(page)} bytes, {len(probe['images'])} images, {probe['tips'][0]!r}: {problems or 'fine'}")
    bad += bool(problems)
sys.exit(1 if bad else 0)
