#!/usr/bin/env python3
"""How fast the harness collects from a server that costs next to nothing, and what it costs itself.

    cargo build --release -p markovscale-bench -p markovscale-scripted-server
    python3 tools/collect_speed.py

Harness and server are separate processes on the same cores. CPU time and memory are what the operating system counted for
the harness; wall time is that of the whole command, from its start to its sealed traces. Nothing is installed and nothing
outside a temporary folder is written.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

MANIFEST = """name: sums
title: Sums
licence: CC0-1.0
shape: competition
source: local
local_files:
  - file: sums.jsonl
fields:
  question: question
  answer: answer
"""

CONFIG = """name: speed
seed: 7
datasets: [sums]
backbones:
  - name: served
    kind: openai
    base_url: {url}
    model: scripted
    sampling: {{temperature: 0.7, top_p: 0.95, max_tokens: 512}}
    limits: {{concurrency: {concurrency}}}
    stream: {stream}
pool: {{parallel: 16, chains: 1, rounds: 1}}
methods: [self_consistency]
budgets: [1, 16]
"""
# No method of the experiment uses its chain, so none is drawn.
DRAWS_PER_QUESTION = 16


def serve(binary, script):
    """A server of its own process, its address, and its process."""
    process = subprocess.Popen([binary, json.dumps(script)], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def collect(arguments, draws, concurrency, script, stream=False):
    """Collects about the given number of draws from a server with this script."""
    questions = -(-draws // DRAWS_PER_QUESTION)
    server, url = serve(arguments.server, {"track": False, **script})
    folder = Path(tempfile.mkdtemp(prefix="markovscale-speed-"))
    try:
        (folder / "datasets").mkdir()
        (folder / "datasets/sums.yaml").write_text(MANIFEST)
        padding = "Write down every step, and check each of them before the next. " * 5
        rows = ({"question": f"{padding}What is {n + 11} + {3 * n + 17}?", "answer": str(4 * n + 28)} for n in range(questions))
        (folder / "sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        config = CONFIG.format(url=url, concurrency=concurrency, stream=str(stream).lower())
        (folder / "experiment.yaml").write_text(config)
        command = [arguments.harness, "collect", "experiment.yaml", "--dataset-dir", ".", "--json"]
        before = cpu_seconds(server.pid)
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        if status != 0:
            raise SystemExit(f"{' '.join(command)} ended with status {status}")
        made = json.loads(output)["draws"]["collected"]
        counters = json.load(urllib.request.urlopen(url.replace("/v1", "/_counters")))
        assert counters["delivered"]["choices"] == made == questions * DRAWS_PER_QUESTION, counters
        cpu = usage.ru_utime + usage.ru_stime
        served = cpu_seconds(server.pid) - before
        return {
            "draws": made,
            "wall_s": round(wall, 2),
            "draws_per_s": round(made / wall),
            "cpu_ms_per_draw": round(1e3 * cpu / made, 4),
            "user_ms_per_draw": round(1e3 * usage.ru_utime / made, 4),
            "server_cpu_ms_per_draw": round(1e3 * served / made, 4),
            "peak_rss_mb": round(usage.ru_maxrss / 1024, 1),
            "most_at_once": counters["most_at_once"],
            "connections": counters["connections"],
        }
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


def ceiling(arguments, connections, script):
    """Replies a second that the plainest client gets."""
    server, url = serve(arguments.server, {"track": False, **script})
    try:
        address = url.removeprefix("http://").removesuffix("/v1")
        output = subprocess.check_output([arguments.server, "--load", address, str(connections), "5"], text=True)
        return int(output)
    finally:
        server.kill()
        server.wait()


def start_up(arguments):
    """Milliseconds of `--help`: the median and the fastest of 40."""
    times = []
    for _ in range(40):
        started = time.perf_counter()
        subprocess.run([arguments.harness, "--help"], stdout=subprocess.DEVNULL, check=True)
        times.append(1e3 * (time.perf_counter() - started))
    times.sort()
    return {"median_ms": round(times[20], 2), "fastest_ms": round(times[0], 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    release = Path(__file__).resolve().parent.parent / "target/release"
    parser.add_argument("--harness", default=str(release / "markovscale"))
    parser.add_argument("--server", default=str(release / "markovscale-scripted-server"))
    parser.add_argument("--draws", type=int, default=100_000, help="of the longest run")
    parser.add_argument("--only", help="one of: help, zero, stream, latency")
    arguments = parser.parse_args()

    def wanted(name):
        return arguments.only in (None, name)

    def say(name, value):
        print(f"{name}: {json.dumps(value)}", flush=True)

    say("load average before", os.getloadavg())
    say("cores", len(os.sched_getaffinity(0)))
    if wanted("help"):
        say("--help", start_up(arguments))
    if wanted("zero"):
        for draws in (arguments.draws // 5, arguments.draws):
            say("no latency, 64 at once", collect(arguments, draws, 64, {}))
        say("a bare client, 64 at once, replies a second", ceiling(arguments, 64, {}))
    if wanted("stream"):
        say("no latency, 64 at once, streamed", collect(arguments, arguments.draws // 5, 64, {}, stream=True))
    if wanted("latency"):
        # With 250 ms the server, not the cores, is what limits.
        for latency, draws in ((50, arguments.draws), (250, arguments.draws)):
            slow = {"latency_ms": latency}
            most = ceiling(arguments, 1000, slow)
            say(f"{latency} ms, a bare client, 1,000 at once, replies a second", most)
            result = collect(arguments, draws, 1000, slow)
            say(f"{latency} ms, 1,000 at once", result)
            say("share of the bare client's", round(result["draws_per_s"] / most, 3))
    say("load average after", os.getloadavg())


if __name__ == "__main__":
    main()
