"""Draw the pictures of the sample kits: `python tools/draw_samples.py` writes them all into samples/kits."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from pictures import indoors, outdoors
from pictures.shapes import HEIGHT, WIDTH, page_of

KITS = Path(__file__).parent.parent / "samples" / "kits"
SCENES = {
    "island-fibre/cable.png": outdoors.cable,
    "masts-that-sleep/night.png": outdoors.night,
    "a-day-on-the-river/river.png": outdoors.river,
    "network-engineers-wanted/tower.png": outdoors.tower,
    "apprentices-open-day/workshop.png": indoors.workshop,
    "repaired-phones/bench.png": indoors.bench,
    "ten-seconds-against-phishing/hook.png": indoors.hook,
    "an-app-you-can-hear/listening.png": indoors.listening,
}


def draw(page: Page, name: str, svg: str) -> None:
    """Render one scene to a PNG with a palette of 256 colours, which flat shapes bear well."""
    page.set_content(page_of(svg))
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(KITS / name, optimize=True)
    print(f"{name}: {(KITS / name).stat().st_size // 1000} kB")


def main() -> None:
    """Draw all scenes, or those whose names hold the first argument."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    chromium = Path("/usr/bin/chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium if chromium.exists() else None)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, scene in SCENES.items():
            if wanted in name:
                draw(page, name, scene())
        browser.close()


if __name__ == "__main__":
    main()
