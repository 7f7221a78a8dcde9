#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""drop.py FILE…: asks the kernel to forget the pages of each file (posix_fadvise), for measurements from a cold cache."""
import os
import sys

for name in sys.argv[1:]:
    handle = os.open(name, os.O_RDONLY)
    os.fdatasync(handle)
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(handle)
