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

-- Remove the fences of the writers in the set `gone` from some names.
local function remove(gate, names, gone)
  local fences = redis.call('HMGET', gate, unpack(names))
  for i = 1, #names do
    local kept, found = without(fences[i], gone)
    if found and kept == '' then
      redis.call('HDEL', gate, names[i])
    elseif found then
      redis.call('HSET', gate, names[i], kept)
    end
  end
end

-- Return the reason why nothing may be stored under some names; nil if there is none.
-- {'F'} a writer is in flight.  {'X', writers} the same, but all are overdue.  {'G', marker} the gate is not active.
local function obstacle(gate, names)
  local fields = redis.call('HMGET', gate, '!', unpack(names))
  if fields[1] ~= 'A' then return {'G', fields[1] or ''} end
  local now
  local expired = {'X'}
  for i = 2, #fields do
    if fields[i] then
      if not now then
        local time = redis.call('TIME')
        now = time[1] * 1000 + math.floor(time[2] / 1000)
      end
      for writer, expiry in string.gmatch(fields[i], '(%S+):(%d+) ') do
        if tonumber(expiry) > now then return {'F'} end
        expired[#expired + 1] = writer
      end
    end
  end
  if #expired > 1 then return expired end
  return nil
end

-- Return the nonces of the tags whose keys are number `first` and the following ones. A missing nonce is created: the
-- next 8 bytes of `fresh`. All of them are kept for at least `kept` ms.
local function nonces(first, fresh, kept)
  if #KEYS < first then return {} end
  local found = redis.call('MGET', unpack(KEYS, first)) -- false for a key of another type
  for i = 1, #found do
    local key = KEYS[first + i - 1]
    if not found[i] or #found[i] ~= 8 then
      found[i] = string.sub(fresh, 8 * i - 7, 8 * i)
      redis.call('SET', key, found[i], 'PX', kept)
    elseif redis.call('PTTL', key) < tonumber(kept) then
      redis.call('PEXPIRE', key, kept)
    end
  end
  return found
end

-- Return the arguments from number `first` to number `last` as a list.
local function list_of(first, last)
  local list = {}
  for i = first, last do list[#list + 1] = ARGV[i] end
  return list
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
