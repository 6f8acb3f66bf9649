"""Asks libnftables what it says of scripts: one JSON request per input line, one JSON answer per output line.

A request has `setup` (loaded first) and `text`; the answer has the errors of `text`, its bytecode, and what is then listed.
Runs in a network namespace of its own, which the caller makes: it flushes the ruleset after every request.
"""

import ctypes
import json
import os
import sys

STATELESS, JSON_OUTPUT, DEBUG_NETLINK = 1 << 2, 1 << 4, 8


def load(path):
    library = ctypes.CDLL(path)
    library.nft_ctx_new.restype = ctypes.c_void_p
    for name in ("output", "error"):
        getattr(library, f"nft_ctx_buffer_{name}").argtypes = [ctypes.c_void_p]
        getter = getattr(library, f"nft_ctx_get_{name}_buffer")
        getter.argtypes, getter.restype = [ctypes.c_void_p], ctypes.c_char_p
    library.nft_ctx_free.argtypes = [ctypes.c_void_p]
    library.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.nft_run_cmd_from_filename.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.nft_ctx_output_set_debug.argtypes = [ctypes.c_void_p, ctypes.c_uint]
    library.nft_ctx_output_set_flags.argtypes = [ctypes.c_void_p, ctypes.c_uint]
    return library


def run(library, path, command=None, text=None, flags=0, debug=0):
    context = library.nft_ctx_new(0)
    library.nft_ctx_buffer_output(context)
    library.nft_ctx_buffer_error(context)
    library.nft_ctx_output_set_flags(context, flags)
    library.nft_ctx_output_set_debug(context, debug)
    if text is None:
        status = library.nft_run_cmd_from_buffer(context, command)
    else:
        with open(path, "wb") as file:
            file.write(text)
        status = library.nft_run_cmd_from_filename(context, path.encode())
    output = library.nft_ctx_get_output_buffer(context).decode("utf-8", "replace")
    error = library.nft_ctx_get_error_buffer(context).decode("utf-8", "replace")
    library.nft_ctx_free(context)
    return status, output, error


def answer(library, path, request):
    setup = request.get("setup") or ""
    setup_error = ""
    if setup:
        status, _, setup_error = run(library, path, text=setup.encode())
    status, bytecode, error = run(library, path, text=request["text"].encode(), debug=DEBUG_NETLINK)
    reply = {"status": status, "bytecode": bytecode, "error": error, "setupError": setup_error}
    if status == 0:
        reply["list"] = run(library, path, b"list ruleset", flags=STATELESS)[1]
        reply["json"] = run(library, path, b"list ruleset", flags=STATELESS | JSON_OUTPUT)[1]
        if request.get("reload"):
            run(library, path, b"flush ruleset")
            status, _, reply["reloadError"] = run(library, path, text=reply["list"].encode())
            reply["relist"] = run(library, path, b"list ruleset", flags=STATELESS)[1]
    run(library, path, b"flush ruleset")
    return reply


def main():
    library = load(sys.argv[1])
    path = os.path.join(sys.argv[2], "in")
    for line in sys.stdin:
        print(json.dumps(answer(library, path, json.loads(line))), flush=True)


main()
