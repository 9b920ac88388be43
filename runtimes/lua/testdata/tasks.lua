-- Coroutines as tasks (rule E13): a scheduler in Lua, two tasks suspended inside
-- their own scope and inside a generator, switched at random points.
local context = require "context"
local name = context.var("task")
local open = context.stack("open")

local queue = {}
local function spawn(f, ...)
  local args = { ... }
  local co = coroutine.create(function() f(unpack(args)) end)
  context.mode(co, "captured") -- a task keeps the context of its creation
  queue[#queue + 1] = co
end

local function generator(id)
  return coroutine.wrap(function()
    local tok = name:set(id .. ".gen")
    local el = open:push(id .. "/gen")
    while true do
      local again = coroutine.yield(name:get() .. " " .. table.concat(open:list(), ","))
      if not again then break end
    end
    el:pop()
    name:reset(tok)
    return name:get()
  end)
end

local function task(id)
  local tok = name:set(id)
  local el = open:push(id)
  local g = generator(id)
  for _ = 1, 2 do
    print(g(true))
    coroutine.yield() -- the task switches, its levels stay as they are
    assert(name:get() == id)
  end
  print(g(false), table.concat(open:list(), ","))
  el:pop()
  name:reset(tok)
  assert(name:get() == "main")
end

local tok = name:set("main")
spawn(task, "A")
spawn(task, "B")
name:reset(tok)
while #queue > 0 do
  local co = table.remove(queue, 1)
  local ok, err = coroutine.resume(co)
  assert(ok, err)
  if coroutine.status(co) ~= "dead" then queue[#queue + 1] = co end
end
print(name:get())
-- > A.gen A,A/gen
-- > B.gen B,B/gen
-- > A.gen A,A/gen
-- > B.gen B,B/gen
-- > A	A
-- > B	B
-- > nil
