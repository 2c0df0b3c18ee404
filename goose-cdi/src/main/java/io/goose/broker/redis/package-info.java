/**
 * The broker on Redis: standalone, Sentinel or Cluster. Every change of state is one script over the keys of one queue, which
 * share a slot; {@code docs/wire-format.md} lists the keys. From below: connections ({@code Connector}, {@code Node}), where they go
 * ({@code Topology}), calls and their failures ({@code Exchange}, {@code RedisFault}), scripts ({@code Script}), and above
 * them sending, sessions and the ledger.
 */
@NullMarked
package io.goose.broker.redis;

import org.jspecify.annotations.NullMarked;
