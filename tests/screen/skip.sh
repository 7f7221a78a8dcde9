#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Stands for the screen tests where libvterm is not installed.
echo "libvterm is missing (libvterm-dev): the screen tests are skipped"
exit 77
