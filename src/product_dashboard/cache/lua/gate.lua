-- The gate: one hash for all names of a bucket. Field "!" is its marker: "A" for active, "C..." for a candidate. A gate that
-- is new or was lost has no marker. Every other field holds the fences of one name: "writer:expiry " for each writer.
-- All fences are in one key, so Redis cannot lose a fence (eviction, FLUSHALL) without losing the marker too.

-- The most values that are handed to one command: Lua's stack has room for 8,000.
local MOST = 1000

-- Return the fences of one name without those of the writers in the set `gone`, and true if there was one of theirs.
local function without(fences, gone)
  local kept, found = {}, false
  for writer, expiry in string.gmatch(fences or '', '(%S+):(%d+) ') do
    if gone[writer] then
      found = true
    else
      kept[#kept + 1] = writer .. ':' .. expiry .. ' '
    end
  end
  return table.concat(kept), found
end

-- Remove the fences of the writers in the set `gone` from one name.
local function remove(gate, name, gone)
  local kept, found = without(redis.call('HGET', gate, name), gone)
  if not found then return end
  if kept == '' then
    redis.call('HDEL', gate, name)
  else
    redis.call('HSET', gate, name, kept)
  end
end

-- Return the reason why nothing may be stored under a name; nil if there is none.
-- {'F'} a writer is in flight.  {'X', writers} the same, but all are overdue.  {'G', marker} the gate is not active.
local function obstacle(gate, name)
  local fields = redis.call('HMGET', gate, '!', name)
  if fields[1] ~= 'A' then return {'G', fields[1] or ''} end
  if not fields[2] then return nil end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local expired = {'X'}
  for writer, expiry in string.gmatch(fields[2], '(%S+):(%d+) ') do
    if tonumber(expiry) > now then return {'F'} end
    expired[#expired + 1] = writer
  end
  if #expired > 1 then return expired end
  return nil
end

-- Return the set of the arguments from number `first` on.
local function set_from(first)
  local set = {}
  for i = first, #ARGV do set[ARGV[i]] = true end
  return set
end

-- Return the value of a key, or false. A key of another type was not written by this cache, and is deleted.
local function read(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'table' then
    redis.call('DEL', key)
    return false
  end
  return value
end
