/** Batches: what clients and operators do with them. How their jobs are counted is the brokers' affair. */
@org.jspecify.annotations.NullMarked
package io.goose.engine.batch;
