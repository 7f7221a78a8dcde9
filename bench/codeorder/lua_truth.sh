#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# lua_truth.sh HOOK ROOT: runs lua_hook.lua on each module below ROOT; user TAB file, and "user TAB" for each that was loaded.
hook=$1
root=$(realpath "$2")
find "$root" -name '*.lua' | LC_ALL=C sort | while read -r file; do
	name=$(echo "${file#"$root"/}" | sed 's/\.lua$//; s,/init$,,; s,/,.,g')
	said=$(cd "$root" && timeout 20 lua5.4 "$hook" "$root" "$name" </dev/null 2>/dev/null)
	case $said in
	*done) printf '%s\t\n' "$file"; echo "$said" | grep '	' ;;
	esac
done | awk '!seen[$0]++'
