"""The trend as numpy, DuckDB, Polars and ClickHouse count it, each on the best layout that was found for it.

Reads the folder that peers.rs writes: `counts`, bytes [possible, absent, unauthorised][week][enrolment]; `schools`, an int32
an enrolment, ascending; `some`, a byte an enrolment. Prints the middle time and the sums of every answer. Whoever knows a
faster layout is welcome to it.
"""

import json
import sys
import time
from pathlib import Path

import chdb.session
import duckdb
import numpy as np
import polars as pl

folder = Path(sys.argv[1])
schools = np.fromfile(folder / "schools", np.int32)
some = np.fromfile(folder / "some", np.uint8).astype(bool)
counts = np.fromfile(folder / "counts", np.uint8).reshape(3, -1, len(schools))
weeks = counts.shape[1]
answers = []


def measure(peer, question, runs, ask):
    """Asks `runs` times; `ask` answers with five arrays or rows of counts by school and week."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - start)
    sums = [int(np.asarray(part, dtype=np.int64).sum()) for part in answer]
    answers.append({"peer": peer, "question": question, "milliseconds": 1000 * sorted(times)[runs // 2], "sums": sums})


def with_numpy(keep):
    """Week-major bytes, a running sum of two counts, one reduction a school; what a filter leaves out counts 0."""
    starts = np.flatnonzero(np.r_[True, schools[1:] != schools[:-1]])

    def ask():
        to_date = np.zeros((2, len(schools)), np.uint16)
        answer = np.empty((5, weeks, len(starts)), np.uint32)
        for week in range(weeks):
            of_week = counts[:, week] if keep is None else counts[:, week] * keep
            possible, absent, unauthorised = of_week
            to_date += of_week[:2]
            any_possible = to_date[0] > 0
            persistent = any_possible & (10 * to_date[1] >= to_date[0])
            severe = any_possible & (2 * to_date[1] >= to_date[0])
            for row, part in enumerate((possible, absent, unauthorised, persistent, severe)):
                np.add.reduceat(part, starts, dtype=np.uint32, out=answer[row, week])
        return answer

    return ask


def frame():
    """A row an enrolment, a column a week and count."""
    columns = {"school": schools, "eligible": some}
    for name, of_count in zip("pau", counts):
        columns |= {f"{name}{week}": of_count[week] for week in range(weeks)}
    return pl.DataFrame(columns)


def with_polars(where):
    """Lazily: running sums as columns, then one grouping."""
    plan = frame().lazy().filter(where)
    for week in range(weeks):
        own = [pl.col(f"{name}{week}").cast(pl.Int16) for name in "pa"]
        before = [pl.col(f"{name}_{week - 1}") for name in "pa"] if week else [pl.lit(0, pl.Int16)] * 2
        plan = plan.with_columns((one + sum_).alias(f"{name}_{week}") for one, sum_, name in zip(own, before, "pa"))
    sums = [pl.col(f"{name}{week}").sum().cast(pl.Int64) for name in "pau" for week in range(weeks)]
    for name, times in (("persistent", 10), ("severe", 2)):
        for week in range(weeks):
            possible, absent = pl.col(f"p_{week}"), pl.col(f"a_{week}")
            sums.append(((possible > 0) & (times * absent >= possible)).sum().cast(pl.Int64).alias(f"{name}{week}"))
    plan = plan.group_by("school").agg(sums).drop("school")

    def ask():
        answer = plan.collect().to_numpy()
        return [answer[:, weeks * part : weeks * (part + 1)] for part in range(5)]

    return ask


def with_duckdb(where):
    """A row an enrolment, a column a week and count; running sums step by step, then one grouping."""
    database = duckdb.connect()
    database.register("source", frame().to_arrow())
    database.execute("create table year as select * from source")
    running = ", ".join(
        f"({' + '.join(f'{name}{before}::smallint' for before in range(week + 1))}) as {name}_{week}"
        for name in "pa"
        for week in range(weeks)
    )
    sums = [f"sum({name}{week})" for name in "pau" for week in range(weeks)]
    sums += [f"count(*) filter (p_{week} > 0 and {times} * a_{week} >= p_{week})" for times in (10, 2) for week in range(weeks)]
    query = f"select {', '.join(sums)} from (select *, {running} from year {where}) group by school"

    def ask():
        answer = np.array(database.execute(query).fetchall(), dtype=np.int64)
        return [answer[:, weeks * part : weeks * (part + 1)] for part in range(5)]

    return ask


def with_clickhouse(where):
    """A row an enrolment with an array a count, in memory; arrays are added up place by place."""
    table = pl.DataFrame({"school": schools, "eligible": some.astype(np.uint8)} | {
        name: pl.Series(of_count.T.tolist(), dtype=pl.List(pl.UInt8)) for name, of_count in zip("pau", counts)
    })
    table.write_parquet(folder / "arrays.parquet")
    session = chdb.session.Session()
    session.query("create database bench")
    session.query("create table bench.year (school Int32, eligible UInt8, p Array(UInt8), a Array(UInt8), u Array(UInt8)) engine = Memory")
    session.query(f"insert into bench.year select * from file('{folder / 'arrays.parquet'}', Parquet)")
    standing = "sumForEach(arrayMap((p, a) -> p > 0 and {} * a >= p, arrayCumSum(p), arrayCumSum(a)))"
    sums = [f"sumForEach({name})" for name in "pau"] + [standing.format(times) for times in (10, 2)]
    query = f"select {', '.join(sums)} from bench.year {where} group by school"

    def ask():
        rows = json.loads(session.query(query, "JSONCompact").bytes())["data"]
        return [[[int(n) for n in row[part]] for row in rows] for part in range(5)]

    return ask


for question, keep, where, condition in (
    ("everybody", None, pl.lit(True), ""),
    ("some", some.view(np.uint8), pl.col("eligible"), "where eligible"),
):
    measure("numpy, one thread, week-major bytes", question, 51, with_numpy(keep))
    measure("Polars, a column a week", question, 11, with_polars(where))
    measure("DuckDB, a column a week", question, 5, with_duckdb(condition))
    measure("ClickHouse (chDB), an array a pupil", question, 11, with_clickhouse(condition))
json.dump(answers, sys.stdout)
