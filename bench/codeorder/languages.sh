# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One function a language: its sets and what their own tools say of them; sourced by run.  Sets after the words "not tuned on" were first measured
# when the rules were done.

c_set() { # SET ROOT INCLUDE…
	local name=$1 root=$2
	once "c-$name" "$here/gcc_truth.sh" "$root" "${@:3}" || { skip "C: $name" "gcc says nothing"; return; }
	links "$root" >links.txt
	awk -v file="differences/c-$name.txt" -f "$here/closure.awk" links.txt "truths/c-$name" | row C "$name" "gcc -MM" .99 .999
}

measure_c() {
	local set package root include
	while read -r package root include; do
		# shellcheck disable=SC2086
		if deb_source "$package"; then c_set "$package" "$work/$package/$root" $include; else skip "C: $package" "its source package can't be fetched"; fi
	done <<-'END'
		lua5.4 src .
		redis . src deps/lua/src deps/hiredis deps/linenoise deps/hdr_histogram deps/jemalloc/include
		git . .
		tmux . . compat
		libuv1 . include src
		libzstd . lib lib/common lib/dictBuilder programs
		nginx . src/core src/event src/event/modules src/event/quic src/os/unix src/http src/http/modules src/http/v2 src/mail src/stream
		jq src .
	END
}

measure_python() {
	local package version
	while read -r package version; do
		wheel "$package" "$version" || { skip "Python: $package" "PyPI can't be reached"; continue; }
		compare Python "$package" "python/$package" .995 .995 ast
		# mypy's wheel has compiled modules, which ModuleFinder can't read
		[ "$package" = mypy ] || compare Python "$package" "python/$package" .98 .98 modulefinder
	done <<-'END'
		networkx 2.8.8
		sympy 1.11.1
		mypy 1.0.1
		setuptools 66.1.1
		botocore 1.29.27
		jinja2 3.0.3
		pip 23.0.1
		django 4.2.11
		sqlalchemy 2.0.25
		celery 5.3.6
		scikit-learn 1.4.0
		transformers 4.37.2
	END
}

javascript_set() { # SET FOLDER TREE: dependency-cruiser runs on FOLDER/TREE
	local name=$1 base=${2%%/*} tree=$2
	case $base in @*) base=${tree#*/} base=${tree%%/*}/${base%%/*} ;; esac
	[ -d "javascript/sets/$base" ] || { mkdir -p "javascript/sets/$base" && cp -r "javascript/node_modules/$base/." "javascript/sets/$base" &&
		rm -rf "javascript/sets/$base/node_modules"; }
	# declarations beside a script of the same name are no part of what dependency-cruiser resolves
	cat >javascript/cruise.json <<-'END'
		{"options": {"tsPreCompilationDeps": true, "detectJSDocImports": true, "parser": "tsc", "exoticRequireStrings": ["require.resolve"], "exclude": {"path": "[.]d[.][cm]?ts$"},
		 "enhancedResolveOptions": {"exportsFields": ["exports"], "conditionNames": ["import", "require", "node", "default", "@zod/source"]}}}
	END
	(cd javascript/sets && once_in "$work" "javascript-$name" ../node_modules/.bin/depcruise --config ../cruise.json -T json "$tree")
	compare JavaScript "$name" "javascript/sets/$base" .995 .995 depcruise "truths/javascript-$name" "$base"
}

# As once, from another folder: once_in FOLDER FILE COMMAND…
once_in() {
	[ -s "$1/truths/$2" ] && return 0
	"${@:3}" >"$1/truths/$2.part" 2>/dev/null
	[ -s "$1/truths/$2.part" ] && mv "$1/truths/$2.part" "$1/truths/$2"
}

measure_javascript() {
	npm_packages dependency-cruiser@17 typescript@5 rxjs@7.8.1 effect@3.12.0 three@0.170.0 webpack@5.97.1 eslint@8.57.1 puppeteer-core@23.10.0 \
		mathjs@13.2.0 typeorm@0.3.20 date-fns@3.6.0 knex@3.1.0 svelte@5.10.0 zod@3.25.0 @tanstack/query-core@5.62.0 mocha@10.8.0 ||
		{ skip JavaScript "npm or its packages can't be had"; return; }
	javascript_set rxjs rxjs/src
	javascript_set effect effect/src
	javascript_set three three/src
	javascript_set webpack webpack/lib
	javascript_set eslint eslint/lib
	javascript_set puppeteer-core puppeteer-core/src
	# not tuned on
	javascript_set mathjs mathjs/lib/esm
	javascript_set typeorm typeorm
	javascript_set date-fns date-fns
	javascript_set knex knex/lib
	javascript_set svelte svelte/src
	javascript_set zod zod/src
	javascript_set query-core @tanstack/query-core/src
	javascript_set mocha mocha/lib
}

# Class files and sources from Maven: javac's names on the sources, and jdeps on the class files.  Those keep no trace of annotations for the
# compiler, of constants and of imports for documentation, and name types that the source infers: only commons-lang3, which the figure is about, has
# to agree with jdeps.
measure_java() {
	local group name version precision recall
	have jdeps && have javac || { skip Java "javac and jdeps are not installed"; return; }
	while read -r group name version precision recall; do
		maven "$group" "$name" "$version" || { skip "Java: $name" "Maven can't be had"; continue; }
		once "java-names-$name" java -Xss64m "$here/JavaNames.java" "java/$name"
		compare Java "$name, javac" "java/$name" .99 .99 pairs "truths/java-names-$name" whole
		once "java-$name" jdeps -v --multi-release base "java/$name.jar"
		compare Java "$name" "java/$name" "$precision" "$recall" jdeps "truths/java-$name"
	done <<-'END'
		org.apache.commons commons-lang3 3.12.0 .99 .99
		com.google.code.gson gson 2.10.1 0 0
		com.fasterxml.jackson.core jackson-databind 2.15.2 0 0
		com.google.guava guava 32.1.2-jre 0 0
		org.apache.commons commons-collections4 4.4 0 0
		org.apache.httpcomponents.client5 httpclient5 5.2.1 0 0
	END
}

go_set() { # NAME ROOT PATTERN MODULE
	(cd "$2" && GOFLAGS=-mod=mod GOPROXY=off GOWORK=off once_in "$work" "go-$1" go list -e -json "$3")
	compare Go "$1" "$2" .995 .995 golist "truths/go-$1"
	(cd "$2" && GOFLAGS=-mod=mod GOPROXY=off GOWORK=off once_in "$work" "go-uses-$1" go run "$here/go_uses.go" "$3")
	[ -s "truths/go-uses-$1" ] && compare Go "$1, go/types" "$2" .98 .98 pairs "truths/go-uses-$1" whole
}

measure_go() {
	local path version name
	have go || { skip Go "go is not installed"; return; }
	GO111MODULE=off go_set std "$(go env GOROOT)/src" std
	while read -r path version name; do
		go_module "$path" "$version" || { skip "Go: $path" "the proxy can't be reached"; continue; }
		go_set "$name" "$work/go/$name" ./...
	done <<-'END'
		github.com/gin-gonic/gin v1.9.1 gin
		github.com/gohugoio/hugo v0.121.2 hugo
		github.com/prometheus/prometheus v0.48.1 prometheus
		k8s.io/client-go v0.29.0 client-go
	END
}

# One project that wants many crates: cargo checks them all, and keeps what rustc read of each.
measure_rust() {
	local info name root n=0
	have cargo || { skip Rust "cargo is not installed"; return; }
	if [ ! -d rust/target ]; then
		mkdir -p rust/src && echo 'fn main() {}' >rust/src/main.rs
		cat >rust/Cargo.toml <<-'END'
			[package]
			name = "sets"
			version = "0.1.0"
			edition = "2021"
			[dependencies]
			tokio = { version = "1.35", features = ["full"] }
			regex = "1.10"
			syn = { version = "2", features = ["full", "visit", "fold", "visit-mut", "extra-traits"] }
			hyper = { version = "1.1", features = ["full"] }
			clap = { version = "4.4", features = ["derive", "cargo", "env"] }
			rayon = "1.8"
			itertools = "0.12"
			nom = "7.1"
			chrono = "0.4"
			rand = "0.8"
			image = { version = "0.24", default-features = false, features = ["png", "jpeg", "gif"] }
			petgraph = "0.6"
			crossbeam = "0.8"
			handlebars = "5"
			pulldown-cmark = "0.9"
			h2 = "0.4"
			axum = "0.7"
			tracing-subscriber = "0.3"
			nalgebra = "0.32"
		END
		(cd rust && nice cargo check -q >/dev/null 2>&1) || { rm -rf rust/target; skip Rust "crates.io can't be reached, or a crate does not compile"; return; }
	fi
	: >rust/pairs
	for info in rust/target/debug/deps/*.d; do
		name=${info##*/} name=${name%-*}
		root=$(sed -n '1s/^[^:]*: \([^ ]*\).*/\1/p' "$info")
		case $root in */registry/src/*) ;; *) continue ;; esac
		while [ "$root" != / ] && [ ! -f "$root/Cargo.toml" ]; do root=$(dirname "$root"); done
		links "$root" | python3 "$here/truth.py" depinfo "$root" "$info" counts "$name" >>rust/pairs
		n=$((n + 1))
	done
	sort rust/pairs | awk -F '\t' -v file=differences/Rust.txt -f "$here/sum.awk" | row Rust "$n crates" "rustc dep-info" .98 .98
}

# hooked LANGUAGE SET ROOT TRUTH: what a hook said
hooked() {
	[ -s "truths/$4" ] || { skip "$1: $2" "its program said nothing"; return; }
	compare "$1" "$2" "$3" .98 .98 pairs "truths/$4"
}

measure_ruby() {
	local package root path
	needs ruby ruby || { skip Ruby "ruby can't be had"; return; }
	for package in ruby-rack ruby-sinatra ruby-mail ruby-i18n ruby-activesupport ruby-sequel ruby-rspec-core ruby-kramdown ruby-sass \
		ruby-gettext ruby-prawn ruby-activerecord ruby-actionpack jekyll pry rubocop; do
		deb $package && root=$(most_files "deb/$package/usr" '*.rb') && [ -n "$root" ] || { skip "Ruby: $package" "the package can't be had"; continue; }
		deb_needs $package 'ruby-.*|rubocop|pry|jekyll'
		path=$(find deb/needed/usr/share/rubygems-integration/*/gems/*/lib deb/needed/usr/lib/ruby/vendor_ruby -maxdepth 0 -type d 2>/dev/null | sed 's/^/-I /' | tr '\n' ' ')
		# shellcheck disable=SC2086
		[ -s "truths/$package" ] || ruby $path "$here/ruby_hook.rb" "truths/$package" "$root" >/dev/null 2>&1
		hooked Ruby "$package" "$root" "$package"
	done
}

# most_files FOLDER PATTERN: where a Debian package keeps its library: the folder that a program would search, with most of the files
most_files() {
	find "$1" -type f -name "$2" | grep -v -E '/(doc|templates|examples|generators|lintian)/' |
		sed -n -E 's,(.*/(vendor_ruby|gems/[^/]*/lib|perl5/[0-9.]+|perl5|lua/5.[1-4]|prosody))/.*,\1,p' | sort | uniq -c | sort -rn |
		awk 'NR == 1 { print $2 }'
}

measure_perl() {
	local package root path
	have perl || { skip Perl "perl is not installed"; return; }
	root=/usr/share/perl5
	[ -s truths/perl5 ] || perl "$here/perl_hook.pl" truths/perl5 $root >/dev/null 2>&1
	hooked Perl perl5 $root perl5
	for package in libmojolicious-perl libplack-perl libmoose-perl libdatetime-perl libdbix-class-perl libwww-perl libppi-perl libtemplate-perl \
		libhtml-formhandler-perl libdancer2-perl libcatalyst-perl; do
		deb $package && root=$(most_files "deb/$package/usr" '*.pm') && [ -n "$root" ] || { skip "Perl: $package" "the package can't be had"; continue; }
		deb_needs $package 'lib.*-perl'
		path=$(printf -- '-I%s ' deb/needed/usr/share/perl5 deb/needed/usr/lib/*/perl5/5.*)
		# shellcheck disable=SC2086
		[ -s "truths/$package" ] || perl $path "$here/perl_hook.pl" "truths/$package" "$root" >/dev/null 2>&1
		hooked Perl "$package" "$root" "$package"
	done
}

measure_php() {
	local package root
	needs php php-cli && deb php-parser || { skip PHP "php or its parser can't be had"; return; }
	for package in php-twig phpunit php-monolog composer php-symfony-console php-symfony-http-foundation php-symfony-http-kernel php-guzzlehttp-guzzle \
		php-doctrine-orm php-doctrine-dbal phpmyadmin; do
		deb $package && root=$(find "deb/$package/usr/share" -maxdepth 2 -type d \( -path '*/php/*' -o -name libraries \) | head -n 1) && [ -n "$root" ] ||
			{ skip "PHP: $package" "the package can't be had"; continue; }
		for how in parser hook; do
			once "$package-$how" php "$here/php_truth.php" $how "$root" deb/php-parser/usr/share/php/PhpParser/autoload.php
		done
		compare PHP "$package, PHP-Parser" "$root" .98 .98 pairs "truths/$package-parser" whole
		compare PHP "$package, loaded" "$root" 0 .98 ran "truths/$package-hook"
	done
}

measure_lua() {
	local package root
	needs lua5.4 lua5.4 || { skip Lua "lua5.4 can't be had"; return; }
	for package in lua-penlight lua-ldoc lua-luassert luarocks prosody lua-http; do
		deb $package && root=$(most_files "deb/$package/usr" '*.lua') && [ -n "$root" ] || { skip "Lua: $package" "the package can't be had"; continue; }
		once "$package" "$here/lua_truth.sh" "$here/lua_hook.lua" "$root"
		hooked Lua "$package" "$root" "$package"
	done
}
