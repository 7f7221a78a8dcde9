# SPDX-License-Identifier: GPL-3.0-or-later
# ruby_hook.rb OUT FOLDER…: loads each .rb file below the folders in a process of its own and writes, for each require,
# require_relative, load and autoload that is run: the file that asked, TAB, the file it got.  The name, or for what an autoload brings
# in the constant, has to stand in the file that asked: what is put together at run time can't be read anywhere.
out, *roots = ARGV
roots = roots.map { |r| File.realpath(r) }
roots.reverse_each { |r| $LOAD_PATH.unshift(r) }

module Truth
	class << self
		attr_accessor :file
		def says(user, line, name)
			text = (@texts ||= {})[user] ||= File.binread(user)
			return true if text.include?(name.to_s)
			constant = File.basename(name.to_s, ".rb").delete("_")
			!text.lines[line - 1].to_s.match?(/require|load/n) && text.scan(/\b[A-Z]\w*/n).any? { |word| word.casecmp?(constant) }
		end

		def note(frame, found, name)
			user = frame&.absolute_path
			return unless user && found && says(user, frame.lineno, name)
			file.write("#{File.realpath(user)}\t#{File.realpath(found)}\n")
		rescue SystemCallError
			nil
		end

		def feature(name)
			found = $LOAD_PATH.resolve_feature_path(name.to_path) rescue found = ($LOAD_PATH.resolve_feature_path(name.to_s) rescue nil)
			found && found[0] == :rb ? found[1] : nil
		end
	end
end

module Kernel
	alias_method :truth_require, :require
	alias_method :truth_load, :load

	def require(name)
		user = caller_locations(1, 1)[0]
		Truth.note(user, Truth.feature(name), name)
		truth_require(name)
	end

	def require_relative(name)
		user = caller_locations(1, 1)[0]
		path = File.expand_path(name.to_s, File.dirname(user&.absolute_path.to_s))
		Truth.note(user, [path, "#{path}.rb"].find { |f| File.file?(f) }, name)
		truth_require(path)
	end

	def load(name, wrap = false)
		user = caller_locations(1, 1)[0]
		Truth.note(user, File.file?(name.to_s) ? name.to_s : Truth.feature(name), name)
		truth_load(name, wrap)
	end
	private :require, :require_relative, :load
end

class Module
	alias_method :truth_autoload, :autoload

	def autoload(constant, name)
		Truth.note(caller_locations(1, 1)[0], Truth.feature(name), name)
		truth_autoload(constant, name)
	end
end

File.write(out, "")
roots.flat_map { |r| Dir.glob("**/*.rb", base: r).map { |f| [r, f] } }.sort.each do |root, name|
	child = fork do
		$stdout.reopen(File::NULL)
		$stderr.reopen(File::NULL)
		$stdin.reopen(File::NULL)
		ARGV.clear
		Truth.file = File.open("#{out}.part", "w")
		begin
			Truth.file.sync = true
			truth_require(File.join(root, name))
			Truth.file.write("done\n")
		rescue Exception # rubocop: a library may exit, or want what is not installed
			nil
		end
		exit!(0)
	end
	watch = Thread.new { sleep 20; Process.kill(:KILL, child) rescue nil }
	Process.wait(child)
	watch.kill
	said = File.read("#{out}.part")
	next unless said.end_with?("done\n")
	lines = said.lines[0...-1].uniq
	File.write(out, "#{File.realpath(File.join(root, name))}\t\n" + lines.join, mode: "a")
end
File.delete("#{out}.part") if File.exist?("#{out}.part")
