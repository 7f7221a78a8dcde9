<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// php_truth.php parser|hook ROOT [AUTOLOAD…]: user TAB dependency.
//   parser  nikic's PHP-Parser with its NameResolver (Debian package php-parser): every class name, resolved, to the file that declares
//          it, and each include whose path is written out
//   hook    loads each file in a process of its own; the autoloader is asked for classes and says which file asked
[, $how, $root] = $argv;
$root = realpath($root);

function files(string $root): array
{
	$found = [];
	$walk = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS));
	foreach ($walk as $file) {
		if ($file->isFile() && $file->getExtension() === 'php') {
			$found[] = $file->getPathname();
		}
	}
	sort($found);
	return $found;
}

foreach (array_slice($argv, 3) as $autoload) {
	require_once $autoload;
}
ini_set('memory_limit', '2G');
$parser = (new PhpParser\ParserFactory())->create(PhpParser\ParserFactory::PREFER_PHP7);
$declared = [];
$used = [];
$included = [];

final class Names extends PhpParser\NodeVisitorAbstract
{
	public array $declared = [];
	public array $used = [];
	public array $included = [];

	public function __construct(private string $file)
	{
	}

	public function enterNode(PhpParser\Node $node)
	{
		if ($node instanceof PhpParser\Node\Stmt\ClassLike && isset($node->namespacedName)) {
			$this->declared[] = strtolower($node->namespacedName->toString());
		} elseif ($node instanceof PhpParser\Node\Stmt\UseUse) {
			$this->used[] = strtolower($node->name->toString());
		} elseif ($node instanceof PhpParser\Node\Stmt\GroupUse) {
			foreach ($node->uses as $use) {
				$this->used[] = strtolower($node->prefix->toString() . '\\' . $use->name->toString());
			}
		} elseif ($node instanceof PhpParser\Node\Name\FullyQualified) {
			$this->used[] = strtolower($node->toString());
		} elseif ($node instanceof PhpParser\Node\Expr\Include_) {
			$this->included[] = $this->text($node->expr);
		}
	}

	/** A path that is written out, beside __DIR__ or dirname(__FILE__); null for any other. */
	private function text(PhpParser\Node\Expr $e): ?string
	{
		if ($e instanceof PhpParser\Node\Scalar\String_) {
			return $e->value;
		}
		if ($e instanceof PhpParser\Node\Scalar\MagicConst\Dir) {
			return dirname($this->file);
		}
		if ($e instanceof PhpParser\Node\Scalar\MagicConst\File) {
			return $this->file;
		}
		if ($e instanceof PhpParser\Node\Expr\FuncCall && $e->name instanceof PhpParser\Node\Name && $e->name->toString() === 'dirname') {
			$inner = $this->text($e->args[0]->value);
			return $inner === null ? null : dirname($inner);
		}
		if ($e instanceof PhpParser\Node\Expr\BinaryOp\Concat) {
			$left = $this->text($e->left);
			$right = $this->text($e->right);
			return $left === null || $right === null ? null : $left . $right;
		}
		return null;
	}
}

foreach (files($root) as $file) {
	try {
		$names = new Names($file);
		$walk = new PhpParser\NodeTraverser();
		$walk->addVisitor(new PhpParser\NodeVisitor\NameResolver());
		$walk->addVisitor($names);
		$walk->traverse($parser->parse(file_get_contents($file)) ?? []);
	} catch (PhpParser\Error $e) {
		continue;
	}
	$used[$file] = array_unique($names->used);
	foreach ($names->included as $path) {
		$path = $path === null ? false : realpath($path[0] === '/' ? $path : dirname($file) . '/' . $path);
		if ($path !== false) {
			$included[$file][] = $path;
		}
	}
	foreach ($names->declared as $name) {
		$declared[$name][] = $file;
	}
}
if ($how === 'parser') {
	foreach ($used as $file => $names) {
		echo $file, "\t\n";
		foreach ($included[$file] ?? [] as $to) {
			echo $file, "\t", $to, "\n";
		}
		foreach ($names as $name) {
			if (!in_array($file, $declared[$name] ?? [])) {
				foreach ($declared[$name] ?? [] as $to) {
					echo $file, "\t", $to, "\n";
				}
			}
		}
	}
	exit(0);
}
foreach (array_keys($used) as $file) {
	$pid = pcntl_fork();
	if ($pid) {
		pcntl_waitpid($pid, $status);
		continue;
	}
	pcntl_alarm(20);
	error_reporting(0);
	$said = [$file . "\t\n"];
	foreach (spl_autoload_functions() as $function) {
		spl_autoload_unregister($function);
	}
	spl_autoload_register(function ($name) use ($declared, &$said) {
		$to = $declared[strtolower($name)][0] ?? null;
		if ($to === null) {
			return;
		}
		foreach (debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS) as $frame) {
			if (isset($frame['file']) && $frame['file'] !== __FILE__) {
				$said[] = $frame['file'] . "\t" . $to . "\n";
				break;
			}
		}
		require_once $to;
	});
	ob_start();
	try {
		require_once $file;
	} catch (Throwable $e) {
		$said = [];
	}
	ob_end_clean();
	fwrite(STDOUT, implode('', array_unique($said)));
	posix_kill(getmypid(), SIGKILL);
}
