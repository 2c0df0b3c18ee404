/**
 * The broker contracts. A broker joins with a {@link io.goose.tck.BrokerUnderTest} and one subclass of each {@code
 * …Contract}; each test begins with an empty storage. Jobs are opaque here: their envelopes are bytes that no broker reads.
 */
package io.goose.tck;
