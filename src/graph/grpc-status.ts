/**
 * gRPC's codes for faults of the server, as a pattern: unknown, deadline exceeded, unimplemented, internal, unavailable, data loss.
 * Source: OpenTelemetry, semantic conventions for gRPC.
 */
export const serverFaults = '2|4|12|13|14|15';
