"""Lets the peers take turns and prints the table: turns.py EPOCH OURS_BINARY.

Both sides are processes that stay, so that neither compiling nor loading is
measured and only one of them computes at a time. CPU seconds are the system's
count of the process: on a machine that is shared they are steadier than the
wall's, and what they leave out is waiting for others.
"""
import json
import os
import platform
import statistics
import subprocess
import sys

THREADS = int(os.environ.get("DATAHALL_PEER_THREADS") or 2)
# name, side, turn, threads, share of the sample's steps (a padded step always costs the same)
TRAINING = [
    ("datahall fp32, packed", "ours", "steps", 1.0),
    ("PyTorch fp32, dynamic padding, buckets", "torch", "steps", 1.0),
    ("PyTorch bf16 autocast, the same", "torch", "bf16", 1.0),
    ("PyTorch fp32, padded to 128", "torch", "padded", 0.25),
]
# name, turn, threads, times a round, texts
FORWARD = [("64 texts of 32 tokens", "square", THREADS, 5, 64), ("64 texts of 32 tokens", "square", 1, 4, 64),
           ("one text of 14 tokens", "one", 1, 50, 1)]


class Side:
    def __init__(self, command, **environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **environment})

    def cpu(self):
        """CPU seconds of the process so far; None where the system does not tell."""
        try:
            with open(f"/proc/{self.process.pid}/stat") as f:
                user, system = f.read().rsplit(")", 1)[1].split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        except OSError:
            return None

    def take(self, do, count, threads):
        before = self.cpu()
        self.process.stdin.write(json.dumps({"do": do, "count": count, "threads": threads}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                took = json.loads(line)
                took["cpu"] = self.cpu() - before if before is not None else float("nan")
                took["count"] = count
                return took
        sys.exit(f"bench-peers: {do}: the process ended; its last words are above")

    def end(self):
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.wait()


def machine():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as f:
            fields = dict((k.strip(), v.strip()) for k, v in (l.split(":", 1) for l in f if ":" in l))
        name = "{model name} (family {cpu family}, model {model})".format(**fields)
    except (OSError, KeyError):
        pass
    return f"{name}, {os.cpu_count()} cores"


def busy():
    """Whether others compute on this machine: then threads that spin are worse than threads that sleep."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > os.cpu_count() / 2


def load():
    return "load average %.1f %.1f %.1f" % os.getloadavg() if hasattr(os, "getloadavg") else "load average unknown"


def rounds(sides, plan, times):
    """plan: key → (side, turn, count, threads). Gives key → the turns taken, rounds alternating."""
    for side, turn, count, threads in plan.values():
        sides[side].take(turn, min(count, 2), threads)  # warms caches, allocators, pages
    took = {key: [] for key in plan}
    for n in range(times):
        for key, (side, *turn) in plan.items():
            took[key].append(sides[side].take(*turn))
        print(f"  round {n + 1} of {times} done, {load()}", file=sys.stderr, flush=True)
    return took


def middle(turns, field):
    return statistics.median(t[field] / t["count"] for t in turns)


def training(sides, epoch, times):
    sample = len(epoch["packed"])
    plan = {name: (side, turn, max(2, round(sample * share)), THREADS) for name, side, turn, share in TRAINING}
    took = rounds(sides, plan, times)
    whole = sample == epoch["steps"]
    print(f"\none epoch of banking77 from all-MiniLM-L6-v2: {len(epoch['rows'])} rows, {epoch['tokens']} tokens, "
          f"{epoch['steps']} steps of 16, AdamW, dropout 0.1, {THREADS} threads")
    print("whole epochs" if whole else
          f"extrapolated from {sample} steps a round, spread over the epoch by their cost (padded: {plan[TRAINING[3][0]][2]}); DATAHALL_PEER_STEPS or FULL=1 for more")
    print(f"median of {times} alternating rounds; s and CPU s an epoch; ratio: how many times ours")
    print(f"{'':<40}{'s':>8}{'fastest':>9}{'CPU s':>8}{'ms/step':>9}{'tokens/s':>10}{'ratio':>7}{'of CPU':>8}")
    base = took[TRAINING[0][0]]
    for name, turns in took.items():
        wall, cpu = middle(turns, "seconds"), middle(turns, "cpu")
        scale = epoch["steps"]
        fastest = min(t["seconds"] / t["count"] for t in turns)
        print(f"{name:<40}{wall * scale:>8.0f}{fastest * scale:>9.0f}{cpu * scale:>8.0f}{1000 * wall:>9.0f}"
              f"{epoch['tokens'] / (wall * scale):>10.0f}{wall / middle(base, 'seconds'):>7.2f}{cpu / middle(base, 'cpu'):>8.2f}")


def forward(sides, times):
    plan = {(i, side): (side, turn, count, threads)
            for i, (_, turn, threads, count, _) in enumerate(FORWARD) for side in ("ours", "torch")}
    took = rounds(sides, plan, times)
    print(f"\nforward, fp32, median of {times} alternating rounds; ratio: how many times ours")
    print(f"{'':<40}{'ms':>8}{'CPU ms':>9}{'texts/s':>9}{'tokens/s':>10}{'ratio':>7}{'of CPU':>8}")
    for (i, side), turns in took.items():
        what, _, threads, _, texts = FORWARD[i]
        wall, cpu, base = middle(turns, "seconds"), middle(turns, "cpu"), took[i, "ours"]
        name = f"{what}, {threads} thr, {'datahall' if side == 'ours' else 'PyTorch'}"
        print(f"{name:<40}{1000 * wall:>8.1f}{1000 * cpu:>9.1f}{texts / wall:>9.1f}{middle(turns, 'tokens') / wall:>10.0f}"
              f"{wall / middle(base, 'seconds'):>7.2f}{cpu / middle(base, 'cpu'):>8.2f}")


def main(path, binary):
    with open(path) as f:
        epoch = json.load(f)
    times = int(os.environ.get("DATAHALL_PEER_ROUNDS") or (1 if os.environ.get("FULL") else 3))
    here = os.path.dirname(os.path.abspath(__file__))
    policy = os.environ.get("OMP_WAIT_POLICY") or ("PASSIVE" if busy() else "ACTIVE")
    sides = {"ours": Side([binary, "-test.run", "TestMiniLMTakesTurnsWithPyTorch", "-test.v", "-test.timeout", "0"]),
             "torch": Side([sys.executable, os.path.join(here, "pytorch.py")], OMP_WAIT_POLICY=policy)}
    ours, theirs = sides["ours"].take("one", 1, 1), sides["torch"].take("one", 1, 1)
    print(f"{machine()}; {load()} at the start")
    print(f"datahall: {ours['version']}, kernels {ours['level']}; PyTorch {theirs['version']}, {theirs['level']}, "
          f"threads wait {policy} (PASSIVE where the machine is busy)")
    forward(sides, times)
    training(sides, epoch, times)
    print(f"{load()} at the end; on a machine that others use, the CPU columns tell more than the wall's;")
    print("threads that spin while they wait for one another count as CPU")
    for side in sides.values():
        side.end()


if __name__ == "__main__":
    main(*sys.argv[1:3])
