"""The report in a real browser: report_test.py PROGRAM SOURCE [FOLDER for screenshots]. 77: Chromium is absent."""
import csv
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

import driver

PROGRAM, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
SHOTS = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else None
HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>\"'&"
SMALL = """name: {name}
seed: 3
threads: 1
use: [augment/none, backbone/small_cnn, head/global_average, train/default]
backbone: {{ depth: 3, width: 4 }}
train: {{ epochs: 8, batch: 8, lr: 0.01 }}
"""


def write_films(folder):
    """Three classes of noise with a bright patch in other places; the third is hardly to be told from the first."""
    rng = random.Random(5)
    for name, (top, gain) in {"clear": (0, 0), "haze": (20, 90), "odd &amp; <b>": (4, 4)}.items():
        (folder / name).mkdir(parents=True)
        for i in range(16):
            pixels = bytes(min(255, rng.randint(30, 130) + (gain if top <= y < top + 12 else 0))
                           for y in range(32) for _ in range(32))
            (folder / name / f"{i}.pgm").write_bytes(b"P5\n32 32\n255\n" + pixels)


class Project:
    """Four runs and their pages, made once."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "configs").symlink_to(SOURCE / "configs")
        write_films(folder / "films")
        phantom = "dataset: { type: phantom, films: 60, size: 32 }\npositive: opacity\n"
        patients = "split: { type: holdout, train: 0.5, val: 0.2, test: 0.3, group: patient }\n"
        self.train("plain", phantom + patients + "slices: [sex]\n")
        self.train("'hostile'", phantom + patients, "train.lr=0.003", "train.curves=test", "train.select=null")
        self.train("folds", phantom + "split: { type: kfold, folds: 3, val: 0.2, group: patient }\nthreshold: youden\n")
        self.train("three", "dataset: { type: image_folder, root: films, size: 32 }\n"
                            "split: { type: holdout, train: 0.5, val: 0.2, test: 0.3 }\n")
        self.youden("note", "2", HOSTILE)
        self.youden("tag", "2", "site=" + HOSTILE)
        self.pages = {}
        for name, words in {"plain": ["1"], "hostile": ["2"], "folds": ["3"], "three": ["4"], "several": ["1", "2"],
                            "bare": ["4", "--no-images"]}.items():
            self.pages[name] = folder / f"{name}.html"
            self.youden("report", *words, "-o", str(self.pages[name]))

    def youden(self, *words):
        done = subprocess.run([PROGRAM, *words, "--db", "results/youden.db"], cwd=self.folder, capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise RuntimeError(f"youden {' '.join(words)}: {done.stderr}")
        return done.stdout

    def train(self, name, more, *overrides):
        (self.folder / "e.yaml").write_text(SMALL.format(name=name) + more)
        self.youden("train", "e.yaml", *overrides)

    def query(self, sql):
        return json.loads(self.youden("db", "query", sql, "--format", "json"))


def auc(rows):
    """Mann-Whitney, ties one half."""
    positive = [s for y, s in rows if y]
    negative = [s for y, s in rows if not y]
    return sum((p > n) + (p == n) / 2 for p in positive for n in negative) / (len(positive) * len(negative))


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        root = pathlib.Path(cls.scratch.name)
        (root / "project").mkdir()
        cls.project = Project(root / "project")
        cls.browser = driver.Browser(root / "profile")

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.scratch.cleanup()

    def open(self, name, width=1280, height=900, scheme="light", kind="screen"):
        b = self.browser
        b.size(width, height)
        b.media(kind, scheme)
        b.open(self.project.pages[name])
        b.js("try { localStorage.clear(); } catch (e) {}")
        b.console()
        b.open(self.project.pages[name])
        return b

    def keep(self, name, whole=False):
        picture = self.browser.screenshot(whole)
        if SHOTS:
            (SHOTS / f"{name}.png").write_bytes(picture)
        return picture

    def tearDown(self):
        self.assertEqual(self.browser.console(), [], "the page complained")

    def assert_drawn(self, least):
        """Every chart that has a place on the page has ink in it."""
        inks = self.browser.js("""
            return [...document.querySelectorAll('canvas')].filter(c => c.offsetWidth > 0).map(c => {
              const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
              let ink = 0;
              for (let i = 3; i < pixels.length; i += 4) ink += pixels[i] > 0;
              return [c.id, ink];
            })""")
        self.assertGreaterEqual(len(inks), least)
        for name, ink in inks:
            self.assertGreater(ink, 1500, name)

    def test_nothing_is_fetched_and_every_chart_is_drawn(self):
        for name, least in {"plain": 6, "hostile": 6, "folds": 6, "three": 5, "several": 7, "bare": 5}.items():
            with self.subTest(name):
                b = self.open(name)
                self.assert_drawn(least)
                self.assertEqual(b.js("return performance.getEntriesByType('resource').map(e => e.name)"), [])
                self.assertEqual(b.console(), [])
                self.keep(name, whole=True)

    def test_text_from_the_database_is_text(self):
        for name in ("hostile", "several"):
            b = self.open(name)
            self.assertIsNone(b.js("return window.hacked ?? null"))
            self.assertIn(HOSTILE, b.js("return document.body.textContent"))
            self.assertEqual(b.js("return document.querySelectorAll('img[src=x]').length"), 0)
        b = self.open("three")
        self.assertIn("odd &amp; <b>", b.js("return document.querySelector('.matrix').textContent"))

    def test_scripts_that_are_not_ours_do_not_run(self):
        b = self.open("plain")
        b.js("const s = document.createElement('script'); s.textContent = 'window.foreign = 1'; document.body.append(s)")
        self.assertIsNone(b.js("return window.foreign ?? null"))
        self.assertIn("Content Security Policy", " ".join(b.console()))

    def test_headings_sort_by_mouse_and_by_keyboard(self):
        b = self.open("plain")
        values = "return [...document.querySelectorAll('#results table')[0].tBodies[0].rows].map(r => Number(r.cells[1].dataset.sort))"
        before = b.js(values)
        known = sorted(v for v in before if v is not None)
        undefined = [None] * (len(before) - len(known))
        head = "#results thead th:nth-child(2)"
        b.click(head + " button")
        self.assertEqual(b.js(values), known + undefined)
        self.assertNotEqual(b.js(values), before)
        self.assertEqual(b.js("return document.querySelector(arguments[0]).ariaSort", head), "ascending")
        b.keys(head + " button", "\ue007")
        self.assertEqual(b.js(values), known[::-1] + undefined)
        self.assertEqual(b.js("return document.querySelector(arguments[0]).ariaSort", head), "descending")

    def test_predictions_are_filtered_sorted_and_paged(self):
        b = self.open("plain")
        all_rows = self.project.query("SELECT count(*) AS n, sum(y <> decision) AS wrong FROM scored WHERE run = 1")[0]
        rows = "return [...document.querySelectorAll('[data-predictions] tbody tr')].map(r => r.textContent)"
        said = "return document.querySelector('[data-predictions] .said').textContent"
        self.assertIn(f"of {all_rows['n']} predictions", b.js(said))
        b.click("#predictions-wrong")
        wrong = b.js(rows)
        self.assertEqual(len(wrong), all_rows["wrong"])
        self.assertTrue(wrong)
        self.assertTrue(all("missed" in r or "false alarm" in r for r in wrong))
        b.click("#predictions-wrong")
        some = self.project.query("SELECT sample FROM scored WHERE run = 1 AND part = 'test' ORDER BY sample")
        b.keys("#predictions-text", some[2]["sample"])
        self.assertEqual(len(b.js(rows)), 1)
        self.assertIn(some[2]["sample"], b.js(rows)[0])
        b.js("const t = document.getElementById('predictions-text'); t.value = ''; t.dispatchEvent(new Event('input'))")
        b.js("const p = document.getElementById('predictions-part'); p.value = 'test'; p.dispatchEvent(new Event('change'))")
        self.assertEqual(len(b.js(rows)), len(some))
        score = "return [...document.querySelectorAll('[data-predictions] tbody tr')].map(r => Number(r.cells[r.cells.length - 2].textContent))"
        b.click("[data-predictions] thead th:nth-last-child(2) button")
        self.assertEqual(b.js(score), sorted(b.js(score)))

    def test_the_download_gives_the_runs_auc(self):
        for name, run, part, metric in (("plain", 1, "test", "auc"), ("folds", 3, "oof", "auc_pooled")):
            b = self.open(name)
            b.js("""window.kept = []; const make = URL.createObjectURL;
                    URL.createObjectURL = blob => { blob.text().then(t => window.kept.push(t)); return make(blob); };
                    HTMLAnchorElement.prototype.click = () => {};""")
            b.click("[data-predictions] .download")
            until = time.monotonic() + 20
            while b.js("return window.kept.length") == 0 and time.monotonic() < until:  # the text comes a moment later
                time.sleep(0.05)
            table = list(csv.DictReader(io.StringIO(b.js("return window.kept[0]"))))
            stored = self.project.query(f"SELECT sample, score FROM scored WHERE run = {run} AND part = '{part}'")
            ours = [r for r in table if r["part"] == part]
            self.assertEqual({(r["sample"], float(r["score"])) for r in ours},
                             {(r["sample"], r["score"]) for r in stored})
            value = self.project.query(f"SELECT value FROM result WHERE run = {run} AND part = '{part}' AND fold = -1 "
                                       f"AND metric = '{metric}' AND slice = '' AND unit = 'image'")[0]["value"]
            self.assertAlmostEqual(auc([(int(r["y"]), float(r["score"])) for r in ours]), value, places=12)

    def test_the_slider_counts_what_the_database_counts(self):
        b = self.open("plain")
        for threshold in (0.5, 0.25):
            b.js("const r = document.getElementById('threshold'); r.value = arguments[0]; r.dispatchEvent(new Event('input'))", threshold)
            n = self.project.query(f"SELECT sum(y AND score >= {threshold}) AS tp, sum(y) AS p, "
                                   f"sum(NOT y AND score < {threshold}) AS tn, sum(NOT y) AS n FROM scored "
                                   "WHERE run = 1 AND part = 'test'")[0]
            said = b.js("return document.querySelector('[data-operating] output').textContent")
            self.assertIn(f"({n['tp']} of {n['p']})", said)
            self.assertIn(f"({n['tn']} of {n['n']})", said)

    def test_dark_is_the_systems_choice_or_the_readers(self):
        paper = "return getComputedStyle(document.body).backgroundColor"
        b = self.open("plain")
        light = b.js(paper)
        self.assertEqual(light, "rgb(255, 255, 255)")
        b.click("#theme")
        dark = b.js(paper)
        self.assertNotEqual(dark, light)
        self.assertEqual(b.js("return document.getElementById('theme').ariaPressed"), "true")
        self.assert_drawn(6)
        b = self.open("plain", scheme="dark")
        self.assertEqual(b.js(paper), dark)
        self.keep("dark")
        self.assert_drawn(6)
        b.click("#theme")
        self.assertEqual(b.js(paper), light)

    def test_print_is_light_and_whole(self):
        b = self.open("plain", scheme="dark", kind="print")
        self.assertEqual(b.js("return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertEqual(b.js("return getComputedStyle(document.querySelector('.bar')).display"), "none")
        b = self.open("plain")
        pdf = b.pdf()
        self.assertTrue(pdf.startswith(b"%PDF"))
        self.assertGreater(len(pdf), 50_000)
        if SHOTS:
            (SHOTS / "print.pdf").write_bytes(pdf)

    def test_a_narrow_screen_needs_no_sideways_scrolling(self):
        for name in ("plain", "three", "several"):
            b = self.open(name, width=390, height=800)
            self.assertLessEqual(b.js("return document.scrollingElement.scrollWidth"), 390, name)
            self.keep(f"narrow-{name}")

    def test_arrow_keys_walk_along_a_chart_and_say_each_point(self):
        b = self.open("plain")
        word = "return document.getElementById('roc-word').textContent"
        self.assertEqual(b.js(word), "")
        b.keys("#roc", "\ue014")
        first = b.js(word)
        self.assertIn("threshold above every score: sensitivity 0.000, specificity 1.000", first)
        b.keys("#roc", "\ue014")
        self.assertNotEqual(b.js(word), first)

    def test_pictures_charts_and_controls_have_words(self):
        for name in ("plain", "folds", "several", "three"):
            with self.subTest(name):
                b = self.open(name)
                self.assertEqual(b.js("return [...document.images].filter(i => !i.alt || !i.naturalWidth).length"), 0)
                self.assertEqual(b.js("return [...document.querySelectorAll('canvas')].filter(c => !c.ariaLabel).length"), 0)
                self.assertEqual(b.js("""return [...document.querySelectorAll('input,select,output')]
                    .filter(e => !e.labels?.length && !e.ariaLabel).map(e => e.outerHTML)"""), [])
                self.assertEqual(b.js("""const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                    return ids.filter((id, i) => ids.indexOf(id) !== i)"""), [])
                self.assertEqual(b.js("""return [...document.querySelectorAll('a[href^="#"]')]
                    .filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)"""), [])
                self.assertEqual(b.js("return document.documentElement.lang"), "en")

    def test_runs_on_the_same_films_are_tested_against_each_other(self):
        text = self.open("several").js("return document.getElementById('compare').textContent")
        for word in ("mcnemar-exact", "delong", "cluster-bootstrap", "train.lr", "best of 2 scored on this test set"):
            self.assertIn(word, text)

    def test_films_are_shown_unless_left_out(self):
        b = self.open("three")
        self.assertGreater(b.js("return document.images.length"), 0)
        b = self.open("plain")
        self.assertGreater(b.js("return document.images.length"), 0, "phantoms are drawn again")
        b = self.open("bare")
        self.assertEqual(b.js("return document.images.length"), 0)
        self.assertEqual(b.js("return document.querySelectorAll('.film').length"), 0)


if __name__ == "__main__":
    if absent := driver.missing():
        print(f"skipped: {absent} is absent")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
