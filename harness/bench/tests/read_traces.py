"""Reads a run with polars, pandas and DuckDB and checks that they see the same; run by the test `readers`."""

import sys

import duckdb
import pandas
import polars

run = sys.argv[1]
draws, scores = f"{run}/traces/**/*.parquet", f"{run}/scores/**/*.parquet"

by_polars = polars.read_parquet(draws, hive_partitioning=True)
by_pandas = pandas.read_parquet(f"{run}/traces")
by_duckdb = duckdb.sql(f"select * from read_parquet('{draws}', hive_partitioning = true)")

rows = len(by_polars)
assert rows == len(by_pandas) == by_duckdb.aggregate("count(*)").fetchall()[0][0]
columns = set(by_polars.columns)
assert columns == set(by_pandas.columns) == set(by_duckdb.columns), columns
assert {"backbone", "dataset", "question_id", "mode", "chain", "round", "answer", "correct"} <= columns

key = ["backbone", "dataset", "question_id", "mode", "chain", "round"]
assert by_polars.select(key).n_unique() == rows, "a draw is stored twice"
assert by_polars["simulated"].all()
assert by_polars.filter(~polars.col("completion").str.starts_with("[simulated]")).is_empty()

means = {
    "polars": by_polars.group_by("backbone", "dataset").agg(polars.col("correct").mean()).sort("backbone", "dataset")["correct"].to_list(),
    "pandas": by_pandas.assign(correct=by_pandas["correct"].astype("float64")).groupby(["backbone", "dataset"], observed=True)["correct"].mean().sort_index().tolist(),
    "duckdb": [r[0] for r in duckdb.sql(f"select avg(correct::int) from read_parquet('{draws}', hive_partitioning = true) group by backbone, dataset order by backbone, dataset").fetchall()],
}
for name, values in means.items():
    assert len(values) == 6 and all(abs(a - b) < 1e-12 for a, b in zip(values, means["polars"])), (name, values)

joined = duckdb.sql(
    f"""select count(*), min(score), max(score), min(len(step_scores)) from
    read_parquet('{draws}', hive_partitioning = true) join read_parquet('{scores}', hive_partitioning = true)
    using ({", ".join(key)})"""
).fetchall()[0]
assert joined[0] == rows and 0 <= joined[1] < joined[2] <= 1 and joined[3] >= 1, joined

outcomes = polars.read_parquet(f"{run}/outcomes.parquet")
assert (outcomes["accuracy_low"] <= outcomes["accuracy"]).all() and (outcomes["accuracy"] <= outcomes["accuracy_high"]).all()
# The exact expected accuracy of a single draw is the pool's mean of `correct`.
single = outcomes.filter((polars.col("method") == "single") & (polars.col("budget") == 1))
pool = by_polars.filter(polars.col("mode") == "parallel").group_by("backbone", "dataset").agg(polars.col("correct").fill_null(False).mean())
both = single.join(pool, on=["backbone", "dataset"])
assert len(both) == 6 and ((both["accuracy"] - both["correct"]).abs() < 1e-9).all(), both

meaning = duckdb.sql(f"select decode(value) from parquet_kv_metadata('{draws}') where decode(key) = 'column.completion_tokens' limit 1").fetchall()[0]
assert meaning == ("completion tokens, reasoning included",), meaning
print("draws", rows)
