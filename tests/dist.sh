#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The release holds every file of the repository.
set -u
cd "$SRCDIR" || exit 1
git ls-files >/dev/null 2>&1 && [ "$(git rev-parse --show-toplevel)" = "$PWD" ] || { echo "not in a repository"; exit 77; }
unset MAKEFLAGS MFLAGS MAKELEVEL
make -s -C "$BUILDDIR" distdir >/dev/null || { echo "make distdir failed"; exit 1; }
folder=$(find "$BUILDDIR" -maxdepth 1 -type d -name 'tamis-[0-9]*' | head -n 1)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
failed=0
# Empty keepers and what only the repository needs stay at home.
for file in $(git ls-files | grep -v -E '(^|/)\.git(ignore|attributes|keep)$|^\.clang-format$'); do
	if [ ! -e "$folder/$file" ] && [ -e "$file" ]; then
		echo "not in the release: $file"
		failed=1
	fi
done
exit $failed
