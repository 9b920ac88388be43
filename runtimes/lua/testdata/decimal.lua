-- The e-mail's decimal program: made under 3, resumed under 2 and under 1, with
-- and without a block of 4 inside the generator; the caller adds after each.
local context = require "context"
local prec = context.var("precision", 28)

local function add()
  return (string.format("%." .. prec:get() .. "g", 1.111 + 2.222))
end

local function drive(label, body, mode)
  local co
  prec:with(3, function()
    co = coroutine.create(body)
    if mode then context.mode(co, mode) end
  end)
  local out = {}
  for _, p in ipairs { 2, 1 } do
    local tok = prec:set(p)
    local _, x = coroutine.resume(co)
    out[#out + 1] = x
    out[#out + 1] = add()
    prec:reset(tok)
  end
  print(label .. ": " .. table.concat(out, " "))
end

local function plain()
  coroutine.yield(add())
  coroutine.yield(add())
end
local function inner()
  local tok = prec:set(4)
  coroutine.yield(add())
  coroutine.yield(add())
  prec:reset(tok)
end

drive("overlay", plain)
drive("overlay, block of 4", inner)
drive("captured", plain, "captured")
drive("captured, block of 4", inner, "captured")
-- > overlay: 3.3 3.3 3 3
-- > overlay, block of 4: 3.333 3.3 3.333 3
-- > captured: 3.33 3.3 3.33 3
-- > captured, block of 4: 3.333 3.3 3.333 3
