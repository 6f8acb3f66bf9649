#!/usr/bin/env python3
"""What the running kernel takes for packets: reads a plan as JSON from stdin, prints nanoseconds per packet and round.

Each case gets a network namespace of its own with a ruleset and a veth pair. A frame that is sent into one end goes
through the hooks of the other before send() returns, so the time of a send is the packet's; what sending itself takes
is the same in all cases, and differences between cases of one round are what their rulesets take.
"""
import ctypes, json, socket, subprocess, sys, time


def frames(path):
    data = open(path, "rb").read()
    at, found = 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def prepare(case):
    """A socket in a new namespace; it stays there when the process moves on."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    device = case["input"]
    run("ip", "link", "add", device, "address", "02:00:00:00:00:01", "type", "veth", "peer", "name", "sender")
    for name in (device, "sender", "lo"):
        run("ip", "link", "set", name, "up")
    run("ip", "addr", "add", "10.255.0.1/24", "dev", device)
    if "output" in case:
        run("ip", "link", "add", case["output"], "type", "veth", "peer", "name", "sink")
        for name in (case["output"], "sink"):
            run("ip", "link", "set", name, "up")
        run("ip", "route", "add", case["route"], "dev", case["output"])
    else:
        run("ip", "route", "add", "blackhole", case["route"])
    for key in ("ip_forward=1", "conf.all.rp_filter=0", f"conf.{device}.rp_filter=0"):
        name, value = key.split("=")
        with open("/proc/sys/net/ipv4/" + name.replace(".", "/"), "w") as file:
            file.write(value)
    run(*case["load"])
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind(("sender", 0))
    return sender


def measure(sender, packets):
    send = sender.send
    start = time.perf_counter_ns()
    for packet in packets:
        send(packet)
    return (time.perf_counter_ns() - start) / len(packets)


plan = json.load(sys.stdin)
made = [(case["name"], prepare(case), frames(case["frames"])) for case in plan["cases"]]
times = {name: [] for name, _, _ in made}
for _ in range(plan["rounds"] + 1):
    for name, sender, packets in made:
        times[name].append(measure(sender, packets))
print(json.dumps({name: found[1:] for name, found in times.items()}))
