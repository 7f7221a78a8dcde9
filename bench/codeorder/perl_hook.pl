#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# perl_hook.pl OUT ROOT…: loads each .pm file below the roots in a process of its own and writes, for each require or use that is run, the
# file that asked, TAB, the file it got.  What base.pm or another helper loads for a file counts as that file's, if the
# module's name stands in it: a name made at run time can't be read anywhere.  What is there after loading, whoever asked for it (helpers such as
# Moose's extends ask only for what is missing), follows with a third column, "there".
use strict;
use warnings;
use Cwd 'realpath';
use File::Find;
our ($out, @roots, %text);
BEGIN { ($out, @roots) = @ARGV; @roots = map { realpath($_) } @roots; unshift @INC, @roots; }

sub inside { my ($file) = @_; return grep { index($file, "$_/") == 0 } @roots }

sub says {
	my ($file, $name) = @_;
	unless (exists $text{$file}) {
		local $/;
		open my $in, '<', $file or return 0;
		$text{$file} = <$in>;
		$text{$file} =~ s/^__END__.*//ms;
		$text{$file} =~ s/^=\w.*?^=cut//msg;
	}
	(my $module = $name) =~ s/\.pm$//;
	$module =~ s,/,::,g;
	return $text{$file} =~ /(?<![\w:])\Q$module\E(?!\w|::)/ || index($text{$file}, $name) >= 0;
}

sub note {
	my ($name) = @_;
	my ($found) = grep { -f } map { "$_/$name" } @roots;
	return unless $found;
	for (my $i = 1; my @frame = caller($i); $i++) {
		my $user = realpath($frame[1]) or next;
		next if $user !~ m{/} || !inside($user) || !says($user, $name);
		print STDOUT "$user\t$found\n";
		return;
	}
}

BEGIN {
	*CORE::GLOBAL::require = sub {
		my ($name) = @_ ? @_ : $_;
		note($name) if defined $name && !ref $name && $name =~ m{^[\w/]+\.\w+$};
		return CORE::require($name);
	};
}

my @files;
find({ wanted => sub { push @files, $File::Find::name if /\.pm$/ && -f }, no_chdir => 1 }, @roots);
open my $all, '>', $out or die "$out: $!";
for my $file (sort @files) {
	my ($root) = inside($file);
	my $pid = open(my $said, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', '/dev/null';
		open STDIN, '<', '/dev/null';
		alarm 20;
		$| = 1;
		my $name = substr($file, 1 + length $root);
		my $ok = eval { CORE::require($name); 1 };
		my $user = realpath($file);
		print map { "$user\t$_\tthere\n" } grep { $_ ne $user && inside($_) } map { realpath($_) // () } grep { defined } values %INC;
		print "done\n" if $ok;
		require POSIX;
		POSIX::_exit(0);
	}
	my @lines = <$said>;
	close $said;
	next unless @lines && $lines[-1] eq "done\n";
	my %seen;
	print $all realpath($file), "\t\n", grep { /\t/ && !$seen{$_}++ } @lines;
}
