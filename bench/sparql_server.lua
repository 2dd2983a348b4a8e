-- What bench/sparql_server.py has wrk ask: the addresses of a file, one after the other.
-- With a stamp every request ends in a comment of its own, so that no answer was given before.

local paths, asked, stamp = {}, 0, ""

function init(args)
  for path in io.lines(args[1]) do paths[#paths + 1] = path end
  stamp = args[2] or ""
  wrk.headers["Accept"] = "application/sparql-results+json"
end

function request()
  local path = paths[asked % #paths + 1]
  asked = asked + 1
  if stamp ~= "" then path = path .. "%20%23%20" .. stamp .. asked end
  return wrk.format("GET", path)
end

function done(summary, latency)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("measured %d %d %d %.3f\n",
    summary.requests, failures, summary.duration, latency:percentile(99) / 1000))
end
