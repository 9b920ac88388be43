-- The three cancel-scope programs of the e-mail of 12 August 2017, with a stack
-- variable in the place of trio's scopes. Lines that start with "-- >" are the
-- output that the test expects.
local context = require "context"
local scopes = context.stack("cancel scopes")

local function show(label)
  print(label .. " [" .. table.concat(scopes:list(), " ") .. "]")
end

-- 1. A generator opens a scope, is suspended inside it, and goes on elsewhere.
local function agen()
  local s = scopes:push(10)
  show("op1")
  coroutine.yield()
  show("op2")
  s:pop()
end
local outer = scopes:push(20)
local ag = coroutine.create(agen)
coroutine.resume(ag)
show("caller")
outer:pop()
show("after")
local five = scopes:push(5)
coroutine.resume(ag)
show("caller5")
five:pop()
show("end")
-- > op1 [20 10]
-- > caller [20]
-- > after []
-- > op2 [5 10]
-- > caller5 [5]
-- > end []

-- 2. Made outside, resumed inside: the scope applies to the resume.
local two = coroutine.wrap(function()
  while true do
    show("step")
    coroutine.yield()
  end
end)
local ten = scopes:push(10)
two()
ten:pop()
two()
-- > step [10]
-- > step []

-- 3. Made inside a scope that is left: nothing of it is held.
local held = scopes:push(10)
local three = coroutine.wrap(function() show("later") end)
held:pop()
three()
-- > later []
