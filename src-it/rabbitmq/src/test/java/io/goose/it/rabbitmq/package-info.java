/** The broker contracts on a real RabbitMQ. */
@NullMarked
package io.goose.it.rabbitmq;

import org.jspecify.annotations.NullMarked;
