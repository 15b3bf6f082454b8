-- What each of wrk's threads sends: one connection, one till. Arguments after `--`: a kind, then its own.
-- No response() function: wrk then only counts, and what was sold is compared with SQL afterwards.
local count = 0

function setup(thread)
  thread:set("till", 1000 + count)
  count = count + 1
end

-- The same for all but the key: that of the thread's till.
local headers = { ["Content-Type"] = "application/json", ["Host"] = "localhost" }
local kind, path, site, till_prefix, item_prefix, items, hot
local template, fixed

-- A UUIDv7: seconds of now, then a counter, then chance.
local made = 0
local function new_id()
  made = made + 1
  local ms = string.format("%012x", os.time() * 1000 + made % 1000)
  local random = math.random(0, 0xffffff)
  return string.format("%s-%s-7%03x-8%03x-%06x%06x", ms:sub(1, 8), ms:sub(9, 12), made % 4096,
    till % 4096, math.floor(made / 1000) % 0x1000000, random)
end

function init(args)
  kind, path = args[1], args[2]
  headers["Authorization"] = "Bearer bnt_key_" .. string.rep("0", 39) .. till
  math.randomseed(os.time() * 64 + till)
  if kind ~= "sale" then
    fixed = wrk.format("GET", path, headers)
    return
  end
  site, till_prefix, item_prefix, items, hot = args[3], args[4], args[5], tonumber(args[6]), args[7]
  template = '{"id":"%s","siteId":"' .. site .. '","tillId":"' .. till_prefix .. till ..
    '","lines":[{"itemId":"' .. item_prefix .. '%d","quantity":"1"},{"itemId":"' .. item_prefix ..
    '%d","quantity":2}],"payments":[{"method":"cash","amount":"100.00"}]}'
end

function request()
  if fixed then return fixed end
  local first = math.random(0, items - 2)
  local second = (first + math.random(1, items - 2)) % (items - 1)
  if hot == "hot" then first = items - 1 end
  return wrk.format("POST", path, headers, template:format(new_id(), 1000 + first, 1000 + second))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"failed":%d,"p50":%f,"p95":%f,"p99":%f}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
