"""``python -m examples.backoffice SYSTEM --port N`` serves one of the HTTP systems on this machine."""

import os
import signal
import sys
from argparse import ArgumentParser
from threading import Thread

import uvicorn

from .estate import SERVED, application
from .world import SEED, World


def main() -> None:
    parser = ArgumentParser(prog="python -m examples.backoffice", description="Serve one system of the demo.")
    parser.add_argument("system", choices=SERVED)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds to wait before each answer")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, another world")
    parser.add_argument("--attended", action="store_true", help="end when the standard input does: with who started it")
    asked = parser.parse_args()
    if asked.attended:
        Thread(target=end_with_input, daemon=True).start()
    app = application(asked.system, World(asked.seed), asked.latency)
    uvicorn.run(app, host="127.0.0.1", port=asked.port, log_level="warning")


def end_with_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
