# SPDX-License-Identifier: GPL-3.0-or-later
# What one writes in ten minutes: the same questions (bodies on standard input, one a line) posted by a pool of threads, nothing
# kept, nothing asked again.  model_peer.py URL CONCURRENCY prints calls, failures, tokens and seconds.
import concurrent.futures
import http.client
import json
import sys
import time
import urllib.parse

url, concurrency = urllib.parse.urlparse(sys.argv[1]), int(sys.argv[2])
bodies = [line.rstrip("\n") for line in sys.stdin if line.strip()]


def post(body):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=3600)
    connection.request("POST", url.path, body.encode(), {"Content-Type": "application/json"})
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    if reply.status != 200:
        return None
    return json.loads(text).get("usage", {})


begun = time.monotonic()
with concurrent.futures.ThreadPoolExecutor(concurrency) as pool:
    usages = list(pool.map(post, bodies))
seconds = time.monotonic() - begun
good = [u for u in usages if u is not None]
print(json.dumps({"calls": len(usages), "failed": len(usages) - len(good),
                  "completion_tokens": sum(u.get("completion_tokens", 0) for u in good),
                  "prompt_tokens": sum(u.get("prompt_tokens", 0) for u in good), "seconds": round(seconds, 2)}))
