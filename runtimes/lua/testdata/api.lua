-- Every function of the module.
local context = require "context"
local v = context.var("v", "default")

print(v:get(), tostring(v))
local t1 = context.set(v, "one")
local t2 = v:set(nil)
print(v:get())
v:reset(t2)
print(context.get(v))
print(pcall(v.reset, v, t2))
local w = context.var("w")
print(pcall(w.reset, w, t1))
v:reset(t1)
print(v:get(), v:unset())
-- > default	context.var: v
-- > nil
-- > one
-- > false	testdata/api.lua:11: ctx: token was used already: each token undoes its write once
-- > false	testdata/api.lua:13: ctx: token belongs to another variable: reset the variable that made it
-- > default	false

-- unset shows the resumer's value again, mask hides it
v:set("caller")
local co = coroutine.wrap(function()
  v:set("own")
  coroutine.yield(v:get())
  v:unset()
  coroutine.yield(v:get())
  v:mask()
  coroutine.yield(v:get())
end)
print(co(), co(), co(), v:get())
-- > own	caller	default	caller

-- with and run, also through errors
print(v:with("block", function(a, b) return v:get(), a, b end, 1, 2))
print(pcall(v.with, v, "block", function() error("boom", 0) end))
print(v:get())
local s = context.snapshot()
v:set("later")
print(s:run(function(x) v:set("inside") return x, v:get() end, "arg"), v:get())
print(context.run(s, function() return v:get() end))
-- > block	1	2
-- > false	boom
-- > caller
-- > arg	later
-- > caller

-- modes
local none = coroutine.create(function() v:set("written through") coroutine.yield() end)
print(context.mode(none), context.mode(none, "none"))
coroutine.resume(none)
print(v:get())
local self
self = coroutine.create(function() return pcall(context.mode, self, "none") end)
print(coroutine.resume(self))
-- > overlay	none
-- > written through
-- > true	false	testdata/api.lua:56: ctx: the layer is running: change its mode while its generator is suspended

-- misuse of stacks
local st = context.stack("st")
local a, b = st:push("a"), st:push("b")
print(pcall(a.pop, a))
print(st:top(), #st:list())
b:pop()
a:pop()
print(st:top(), pcall(a.pop, a))
-- > false	testdata/api.lua:65: ctx: blocks of a stack variable closed out of order
-- > b	2
-- > nil	false	testdata/api.lua:69: ctx: token was used already: each token undoes its write once

-- an error takes the coroutine's level off; a resume of itself is refused
local bad = coroutine.create(function() v:set("bad") error("oops", 0) end)
print(coroutine.resume(bad))
print(v:get())
local again
again = coroutine.create(function() return coroutine.resume(again) end)
print(coroutine.resume(again))
local up
up = coroutine.create(function()
  local down = coroutine.create(function() return coroutine.resume(up) end)
  return coroutine.resume(down)
end)
print(coroutine.resume(up))
print(coroutine.resume(up))
-- > false	oops
-- > written through
-- > true	false	can not resume a running thread
-- > true	true	false	cannot resume non-suspended coroutine
-- > false	can not resume a dead thread
