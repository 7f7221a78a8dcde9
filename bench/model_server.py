# SPDX-License-Identifier: GPL-3.0-or-later
# llama.cpp's own server, from the wheel of xllamacpp, on 127.0.0.1: model_server.py GGUF PORT SLOTS THREADS.  Says "ready" when it is.
import sys
import time

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[2])
params.n_parallel = int(sys.argv[3])
params.n_ctx = 3072 * params.n_parallel
params.cpuparams.n_threads = int(sys.argv[4])
server = xllamacpp.Server(params)
print("ready", flush=True)
while True:
    time.sleep(3600)
