-- SPDX-License-Identifier: GPL-3.0-or-later
-- lua_hook.lua ROOT NAME: requires module NAME and prints, for each require, dofile and loadfile that is run, the file that asked, TAB, the
-- file it got; "done" when the module loaded.
local root, name = arg[1], arg[2]
package.path = root .. "/?.lua;" .. root .. "/?/init.lua;" .. package.path
local plain = require

local function user()
	local info = debug.getinfo(3, "S")
	return info and info.source:match("^@(.*)")
end

local function note(from, found)
	if from and found then io.stdout:write(from, "\t", found, "\n") end
end

function require(module)
	local from = user()
	note(from, package.searchpath(module, package.path))
	return plain(module)
end
for _, f in ipairs { "dofile", "loadfile" } do
	local real = _G[f]
	_G[f] = function(path, ...)
		note(user(), path)
		return real(path, ...)
	end
end
if pcall(plain, name) then print("done") end
os.exit(true, false)
