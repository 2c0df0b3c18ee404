/** What brokers over a network have in common: how their addresses, credentials and certificates are read. */
@NullMarked
package io.goose.broker.net;

import org.jspecify.annotations.NullMarked;
