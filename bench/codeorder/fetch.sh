# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Getting sources, each by its name and by the ordinary client of its registry; sourced by run, in the folder of the sets.

# A Debian source package, unpacked: deb_source PACKAGE (the folder has its name)
deb_source() {
	[ -d "$1" ] && return 0
	local options="-o Dir::Etc::sourcelist=$work/src.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$work/lists"
	echo "deb-src http://deb.debian.org/debian bookworm main" >src.list
	mkdir -p lists/partial
	# shellcheck disable=SC2086
	{ [ -n "$(ls lists/*Sources* 2>/dev/null)" ] || apt-get $options update -qq; apt-get $options source -qq --download-only "$1"; } >/dev/null 2>&1
	mkdir "$1" && tar xf "$(ls "$1"_*.orig.tar.?z* 2>/dev/null | grep -v asc | head -n 1)" -C "$1" --strip-components 1 2>/dev/null || { rm -rf "$1"; return 1; }
}

# The files of a Debian package, not installed: deb PACKAGE (into deb/PACKAGE)
deb() {
	[ -d "deb/$1" ] && return 0
	mkdir -p deb && (cd deb && apt-get download -qq "$1" >/dev/null 2>&1 && dpkg -x "$1"_*.deb "$1" && rm -f "$1"_*.deb)
}

# What a Debian package of a language needs of its kind, not installed, all in one tree: deb_needs PACKAGE PATTERN (into deb/needed)
deb_needs() {
	local one
	mkdir -p deb/needed
	for one in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$1" |
		grep -E "^$2\$" | sort -u); do
		[ -e "deb/needed/.$one" ] || { (cd deb && apt-get download -qq "$one" >/dev/null 2>&1 && dpkg -x "$one"_*.deb needed && rm -f "$one"_*.deb) &&
			touch "deb/needed/.$one"; }
	done
}

# Installs a Debian package that provides a program: needs PROGRAM PACKAGE
needs() {
	have "$1" || apt-get install -qq -y --no-install-recommends "$2" >/dev/null 2>&1
	have "$1"
}

# A wheel from PyPI, unpacked, what is installed alone: wheel PACKAGE VERSION (into python/PACKAGE)
wheel() {
	[ -d "python/$1" ] && return 0
	rm -rf python/part && mkdir -p python/part
	python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d python/part "$1==$2" >/dev/null 2>&1 &&
		(cd python/part && python3 -m zipfile -e ./*.whl . && rm -f ./*.whl && rm -rf ./*.dist-info) && mv python/part "python/$1"
}

# npm packages, all at once (into javascript/node_modules); one that is there already is not asked for again.
npm_packages() {
	local missing=
	have npm || return 1
	for one; do [ -d "javascript/node_modules/${one%@*}" ] || missing="$missing $one"; done
	[ -z "$missing" ] && return 0
	mkdir -p javascript
	# shellcheck disable=SC2086
	npm install --prefix javascript --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps $missing >/dev/null 2>&1
}

# The class files and the sources of one Maven artifact: maven GROUP ARTIFACT VERSION (java/ARTIFACT.jar, java/ARTIFACT/)
maven() {
	[ -d "java/$2" ] && return 0
	have mvn || return 1
	mkdir -p java
	for kind in jar jar:sources; do
		mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dartifact="$1:$2:$3:$kind" -DoutputDirectory="$work/java" \
			>/dev/null 2>&1 || return 1
	done
	mkdir "java/$2" && (cd "java/$2" && python3 -m zipfile -e "../$2-$3-sources.jar" .) && mv "java/$2-$3.jar" "java/$2.jar"
}

# A Go module from the proxy: go_module PATH VERSION (a copy that may be written, into go/NAME)
go_module() {
	local name=${1##*/} folder
	case $name in v[0-9]*) name=${1%/*} name=${name##*/} ;; esac
	[ -d "go/$name" ] && return 0
	folder=$(cd / && GOFLAGS=-mod=mod go mod download -json "$1@$2" 2>/dev/null | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
	[ -n "$folder" ] && mkdir -p go && cp -r "$folder" "go/$name" && chmod -R u+w "go/$name"
}
