"""Other methods on the same features and the same days as `cargo xtask bench behaviour`.

Reads the table that `tandem-bench behaviour --export FILE` writes (one row per person and active day: counts inside and outside
office hours by action, distinct computers), scores every judged day by each method, and prints how many insiders each puts among
the first people of their day, and how good a queue of it is. Every method is causal: batch methods learn from the days that are
not judged (the first 90) and stay as they are, streaming ones score a day and learn from it afterwards. No method sees a label.
Parameters are the libraries' own; where others were tried on the hybrid set, those that find most are used.

    python behaviour_peers.py FEATURES.csv.gz [--figures behaviour.json] [--out behaviour-peers.json] [--only NAME,NAME]
"""

import argparse
import csv
import gzip
import json
import sys
import time
import warnings

import numpy as np

PLACES = (1, 2, 5, 10)
BUDGETS = (1, 2)
COOL_DOWN = 14
SEED = 7
LABELS = ("visible", "scenario", "odd")
SCORES = ("tandem_order", "tandem_p", "zmax")


class Table:
    """The exported table."""

    def __init__(self, path):
        with gzip.open(path, "rt", newline="") as file:
            reader = csv.reader(file)
            head = next(reader)
            rows = np.array([[float(cell) for cell in row] for row in reader])
        column = {name: rows[:, at] for at, name in enumerate(head)}
        self.day = column["day"].astype(int)
        self.person = column["person"].astype(int)
        self.judged = column["judged"] == 1
        self.order, self.zmax = column["tandem_order"], column["zmax"]
        self.visible = column["visible"] == 1
        self.scenario = column["scenario"].astype(int)
        known = {"day", "person", "judged", *LABELS, *SCORES}
        self.names = [name for name in head if name not in known]
        self.features = np.column_stack([column[name] for name in self.names])
        self.people = len(np.unique(self.person))
        self.days = np.unique(self.day)

    def rows_by_day(self):
        """Rows of each day, in calendar order."""
        for day in self.days:
            yield day, np.flatnonzero(self.day == day)


def percentile_30(table):
    """Le and Zincir-Heywood 2021: each value's place among the person's own last 30 active days, -0.5 to 0.5."""
    places = np.zeros_like(table.features)
    past = {}
    for at in np.lexsort((table.day, table.person)):
        row = table.features[at]
        own = past.setdefault(table.person[at], [])
        if own:
            before = np.array(own)
            places[at] = ((before < row).sum(0) + 0.5 * (before == row).sum(0)) / len(own) - 0.5
        own.append(row)
        del own[:-30]
    return places


def isolation_forest(table, train):
    """Isolation forest on counts (Liu et al. 2008; scikit-learn)."""
    from sklearn.ensemble import IsolationForest

    model = IsolationForest(n_estimators=100, random_state=SEED, n_jobs=-1).fit(table.features[train])
    return -model.score_samples(table.features)


def ecod(table, train):
    """ECOD on counts (Li et al. 2022; PyOD)."""
    from pyod.models.ecod import ECOD

    model = ECOD().fit(table.features[train])
    # Its tails are those of what it scores together with what it learned from: only what is known by then may be together.
    return day_by_day(table, train, model.decision_function)


def loda(table, train):
    """LODA on counts (Pevny 2016; PyOD)."""
    from pyod.models.loda import LODA

    # It draws from numpy's global generator.
    np.random.seed(SEED)
    model = LODA().fit(table.features[train])
    return model.decision_function(table.features)


def day_by_day(table, train, score):
    """Scores day by day, each day alone beside what was learned from."""
    scores = np.zeros(len(table.day))
    for _, rows in table.rows_by_day():
        if not train[rows[0]]:
            scores[rows] = score(table.features[rows])
    return scores


def half_space_trees(table, train):
    """Half-space trees, online (Tan et al. 2011; river). Features are scaled by their largest value in the days not judged."""
    from river.anomaly import HalfSpaceTrees

    most = np.maximum(table.features[train].max(0), 1)
    scaled = np.clip(table.features / most, 0, 1)
    model = HalfSpaceTrees(seed=SEED)
    scores = np.zeros(len(table.day))
    for _, rows in table.rows_by_day():
        named = [dict(enumerate(scaled[row].tolist())) for row in rows]
        if not train[rows[0]]:
            scores[rows] = [model.score_one(row) for row in named]
        for row in named:
            model.learn_one(row)
    return scores


def random_cut_forest(table, train):
    """Random cut forest, online (Guha et al. 2016; rcf3) on log counts."""
    from rcf3 import Forest

    points = np.log1p(table.features)
    forest = Forest(points.shape[1], num_trees=30, capacity=256, seed=SEED)
    scores = np.zeros(len(table.day))
    for _, rows in table.rows_by_day():
        day = [point.tolist() for point in points[rows]]
        if not train[rows[0]]:
            scores[rows] = [forest.score(point) for point in day]
        for point in day:
            forest.update(point)
    return scores


def autoencoder(table, train):
    """A small autoencoder on percentile-30 features (Le and Zincir-Heywood 2021; scikit-learn's MLPRegressor)."""
    from sklearn.neural_network import MLPRegressor

    points = percentile_30(table)
    # Of five shapes that were tried on the hybrid set (four deeper ones narrow in the middle) the one that finds most.
    model = MLPRegressor(hidden_layer_sizes=(2 * points.shape[1] // 3,), activation="tanh", max_iter=60, random_state=SEED)
    model.fit(points[train], points[train])
    return ((model.predict(points) - points) ** 2).mean(1)


METHODS = {
    "isolation forest": isolation_forest,
    "ECOD": ecod,
    "LODA": loda,
    "half-space trees": half_space_trees,
    "random cut forest": random_cut_forest,
    "autoencoder on percentile-30": autoencoder,
}


def places(people, k):
    """k per 1,000 people, at least k."""
    return max(k, int(np.floor(k * people / 1000 + 0.5)))


def ranked(table, scores):
    """Rows of each judged day, the most unusual first; equals by chance with a fixed seed."""
    chance = np.random.default_rng(SEED).random(len(scores))
    for day, rows in table.rows_by_day():
        if table.judged[rows[0]]:
            yield day, rows[np.lexsort((chance[rows], -scores[rows]))]


def caught(table, scores, figures):
    """Insiders among the first k of a day of theirs, in all and as the mean over scenarios."""
    insiders = {p: s for p, s, v, j in zip(table.person, table.scenario, table.visible, table.judged) if v and j}
    for k in PLACES:
        most = places(table.people, k)
        found = set()
        for _, rows in ranked(table, scores):
            found.update(table.person[row] for row in rows[:most] if table.visible[row])
        figures[f"r_at_{k}"] = len(found) / len(insiders)
        scenarios = sorted(set(insiders.values()))
        shares = [np.mean([p in found for p, s in insiders.items() if s == scenario]) for scenario in scenarios]
        figures[f"macro_r_at_{k}"] = float(np.mean(shares))


def queue(table, scores, k, figures):
    """k alerts per 1,000 active people and working day, nobody twice in 14 days, weekends waiting for Monday."""
    insiders = {p for p, v, j in zip(table.person, table.visible, table.judged) if v and j}
    first = {}
    for person, day, visible, judged in zip(table.person, table.day, table.visible, table.judged):
        if visible and judged:
            first[person] = min(first.get(person, day), day)
    last, waiting, alerts, delays = {}, [], [], {}
    for day, rows in ranked(table, scores):
        waiting.extend(rows)
        if (day + 3) % 7 >= 5:
            continue
        left = max(1, int(np.floor(len(rows) * k / 1000 + 0.5)))
        true = {table.person[row] for row in waiting if table.visible[row]}
        for row in sorted(waiting, key=lambda row: -scores[row]):
            person = table.person[row]
            if left == 0:
                break
            if day - last.get(person, -COOL_DOWN) < COOL_DOWN:
                continue
            left -= 1
            last[person] = day
            alerts.append(person in true)
            if person in true:
                delays.setdefault(person, day - first[person])
        waiting = []
    figures[f"queue_alerts_k{k}"] = len(alerts)
    figures[f"queue_precision_k{k}"] = float(np.mean(alerts))
    figures[f"queue_recall_k{k}"] = len(delays) / len(insiders)
    if delays:
        ordered = sorted(delays.values())
        figures[f"queue_delay_median_k{k}"] = int(ordered[int(np.ceil(len(ordered) * 0.5)) - 1])
        figures[f"queue_delay_p90_k{k}"] = int(ordered[int(np.ceil(len(ordered) * 0.9)) - 1])


def judge(table, scores):
    """All figures of one method."""
    from sklearn.metrics import roc_auc_score

    figures = {}
    caught(table, scores, figures)
    for k in BUDGETS:
        queue(table, scores, k, figures)
    figures["auc"] = float(roc_auc_score(table.visible[table.judged], scores[table.judged]))
    return figures


def show(name, figures):
    """One row."""
    cells = [f"{figures[f'r_at_{k}']:.3f}" for k in PLACES]
    cells.append(f"{figures['macro_r_at_10']:.3f}")
    for k in BUDGETS:
        delay = f"{figures.get(f'queue_delay_median_k{k}', '-')},{figures.get(f'queue_delay_p90_k{k}', '-')}"
        cells.append(f"{figures[f'queue_precision_k{k}']:.3f}")
        cells.append(f"{figures[f'queue_recall_k{k}']:.3f}")
        cells.append(delay)
    cells.append(f"{figures['auc']:.3f}")
    print(f"{name:28}" + "".join(f"{cell:>11}" for cell in cells) + f"{figures['seconds']:>9.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features")
    parser.add_argument("--figures", help="what the benchmark wrote: its set, its parameters and its own figures")
    parser.add_argument("--out", help="write all figures there")
    parser.add_argument("--only", default="", help="only these methods")
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    table = Table(args.features)
    benchmark = {}
    if args.figures:
        with open(args.figures) as file:
            everything = json.load(file)
        # The figures of the set that was exported, under their plain names.
        prefix = everything.get("exported", "")
        benchmark = {key[len(prefix) :]: value for key, value in everything.items() if key.startswith(prefix)}
        benchmark["settings_hash"] = everything.get("settings_hash", "")
    print(
        f"{benchmark.get('kind', '')} {benchmark.get('set', '')}: {table.judged.sum()} person-days judged, {len(table.names)} features; "
        "queues of other methods fill every place, so Tandem's does here"
    )
    head = [f"R@{k}" for k in PLACES] + ["macro R@10"]
    head += [f"{name} {k}" for k in BUDGETS for name in ("prec", "found", "delay")] + ["AUC"]
    print(f"{'':28}" + "".join(f"{name:>11}" for name in head) + f"{'seconds':>9}")
    out, names = {}, []
    train = ~table.judged
    given = {"Tandem": lambda *_: table.order, "largest own z-score": lambda *_: table.zmax}
    wanted = [name for name in args.only.split(",") if name]
    for name, method in {**given, **METHODS}.items():
        if wanted and name not in wanted and name not in given:
            continue
        started = time.time()
        scores = np.asarray(method(table, train), dtype=float)
        seconds = time.time() - started
        figures = judge(table, scores)
        figures["seconds"] = seconds
        show(name, figures)
        names.append(name)
        out.update({f"{name}:{key}": value for key, value in figures.items()})
    out["methods"] = "|".join(names)
    out["set"] = benchmark.get("set", "")
    out["kind"] = benchmark.get("kind", "")
    out["settings_hash"] = benchmark.get("settings_hash", "")
    if args.out:
        with open(args.out, "w") as file:
            json.dump(out, file, indent=2)
    # Both programs must count alike, or nothing here means anything.
    pairs = [(f"r_at_{k}", f"r_at_{k}") for k in PLACES]
    pairs += [(f"queue_precision_k{k}", f"queue_filled_precision_k{k}") for k in BUDGETS]
    for own, theirs in pairs:
        expected = benchmark.get(theirs)
        if expected is not None and abs(out[f"Tandem:{own}"] - expected) > 0.005:
            sys.exit(f"the benchmark says {theirs} = {expected}, this program {out[f'Tandem:{own}']}")


if __name__ == "__main__":
    main()
