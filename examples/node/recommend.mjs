// Asks a Towline server which unit to send, and for a travel-time matrix.
//
//   towline serve                                   (in another terminal)
//   npm install && node recommend.mjs [ADDRESS] [FOLDER OF THE PROTO FILES]

import path from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const UNREACHABLE = 2 ** 30 - 1; // what durations_ms holds where no road leads

const here = path.dirname(fileURLToPath(import.meta.url));
const address = process.argv[2] ?? "127.0.0.1:50051";
const protos = process.argv[3] ?? path.join(here, "..", "..", "proto");

const files = ["dispatch", "eta", "region"].map((name) => `towline/v1/${name}_service.proto`);
const loaded = protoLoader.loadSync(files, { includeDirs: [protos], enums: String, longs: Number, defaults: true });
const { towline } = grpc.loadPackageDefinition(loaded);
const credentials = grpc.credentials.createInsecure();
const regions = new towline.v1.RegionService(address, credentials);
const dispatch = new towline.v1.DispatchService(address, credentials);
const eta = new towline.v1.EtaService(address, credentials);

// One unary call as a promise, with a deadline of five seconds.
function call(client, method, request) {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + 5000 };
    client[method](request, options, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

function timestamp(date) {
  return { seconds: Math.floor(date.getTime() / 1000), nanos: (date.getTime() % 1000) * 1e6 };
}

async function main() {
  const [region] = (await call(regions, "ListRegions", {})).regions;
  console.log(`${region.name} (${region.timeZone}); ${region.attribution}`);

  const lon = -71.2519, lat = -29.9045; // La Serena, near the market
  const now = new Date();
  const units = [1, 2, 3].map((number) => ({
    name: `${region.name}/providers/grua-${number}/units/van-${number}`,
    location: { lon: lon + 0.006 * number, lat: lat - 0.004 * number },
    services: ["SERVICE_BREAKDOWN_REPAIR"],
    status: "UNIT_STATUS_AVAILABLE",
  }));
  const incident = {
    name: `${region.name}/incidents/example`,
    location: { lon, lat },
    service: "SERVICE_BREAKDOWN_REPAIR",
    receivedAt: timestamp(now),
  };
  const request = { region: region.name, incident, fleet: { units }, now: timestamp(now), offerConfidence: 0.9 };
  const { recommendation, offerable } = await call(dispatch, "Recommend", request);
  const minutes = (recommendation.best.travelDuration.seconds / 60).toFixed(1);
  console.log(`send ${recommendation.best.unit}: ${minutes} min, promise kept: ${recommendation.best.promiseKept}`);
  for (const rival of recommendation.runnersUp) {
    console.log(`  or ${rival.unit}: ${rival.lost.code} (${rival.lost.message})`);
  }

  console.log(`90 % sure within ${(offerable.promiseDuration.seconds / 60).toFixed(0)} min of the call`);

  const places = [incident.location, ...units.map((unit) => unit.location)];
  const matrix = await call(eta, "Matrix", { region: region.name, origins: places, destinations: places });
  const view = new DataView(matrix.durationsMs.buffer, matrix.durationsMs.byteOffset, matrix.durationsMs.byteLength);
  for (let row = 0; row < matrix.originCount; row++) {
    const seconds = [];
    for (let column = 0; column < matrix.destinationCount; column++) {
      const ms = view.getInt32(4 * (row * matrix.destinationCount + column), true);
      seconds.push(ms === UNREACHABLE ? "-" : String(Math.round(ms / 1000)));
    }
    console.log(`seconds from ${row}: ${seconds.join(" ")}`);
  }
}

main().catch((error) => {
  console.error(`${grpc.status[error.code] ?? "ERROR"}: ${error.details ?? error.message}`);
  process.exitCode = 1;
});
