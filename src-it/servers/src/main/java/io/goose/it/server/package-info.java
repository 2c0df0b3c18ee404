/**
 * Real servers for tests and for the example's run command: finds a program (a given address, the PATH, Maven Central, Docker,
 * apt), starts it on loopback, and disturbs it on demand: kill, pause, restart, cut connections. It knows nothing of Goose.
 */
@NullMarked
package io.goose.it.server;

import org.jspecify.annotations.NullMarked;
