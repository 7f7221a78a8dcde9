// SPDX-License-Identifier: GPL-3.0-or-later

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * JavaNames ROOT: which file names a type that which other file declares, as javac's own attribution says; imports count as names.
 * User TAB dependency, and "file TAB" for each file.  Class files can't tell: annotations, constants and unused imports leave no trace in them.
 */
public final class JavaNames {
	public static void main(String[] arguments) throws Exception {
		Path root = Path.of(arguments[0]).toRealPath();
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
		List<Path> sources;
		try (var walk = Files.walk(root)) {
			sources = walk.filter(p -> p.toString().endsWith(".java") && !p.endsWith("module-info.java")).sorted().collect(Collectors.toList());
		}
		PrintStream out = new PrintStream(System.out, false, "UTF-8");
		JavacTask task = (JavacTask) compiler.getTask(new java.io.StringWriter(), files, d -> { },
			List.of("-proc:none", "-XDshould-stop.ifError=FLOW", "-Xmaxerrs", "1000000"), null, files.getJavaFileObjectsFromPaths(sources));
		Iterable<? extends CompilationUnitTree> units = task.parse();
		task.analyze();
		Trees trees = Trees.instance(task);
		for (CompilationUnitTree unit : units) {
			String user = unit.getSourceFile().toUri().getPath();
			Set<String> used = new TreeSet<>();
			new TreePathScanner<Void, Void>() {
				private void named() {
					Element element = trees.getElement(getCurrentPath());
					if (!(element instanceof TypeElement)) {
						return;
					}
					TreePath declared = trees.getPath(element);
					if (declared != null) {
						used.add(declared.getCompilationUnit().getSourceFile().toUri().getPath());
					}
				}

				@Override
				public Void visitIdentifier(IdentifierTree tree, Void none) {
					named();
					return super.visitIdentifier(tree, none);
				}

				@Override
				public Void visitMemberSelect(MemberSelectTree tree, Void none) {
					named();
					return super.visitMemberSelect(tree, none);
				}
			}.scan(unit, null);
			used.remove(user);
			out.print(user + "\t\n");
			used.forEach(file -> out.print(user + "\t" + file + "\n"));
		}
		out.flush();
	}
}
