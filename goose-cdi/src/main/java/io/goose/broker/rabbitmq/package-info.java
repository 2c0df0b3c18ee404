/** Jobs on RabbitMQ: a transport that can also delay, with no plugin. */
@NullMarked
package io.goose.broker.rabbitmq;

import org.jspecify.annotations.NullMarked;
