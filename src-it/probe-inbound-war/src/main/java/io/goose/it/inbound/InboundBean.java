package io.goose.it.inbound;

import io.goose.mdb.JobsBean;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.resource.cci.MessageListener;

/** Runs the jobs. */
@MessageDriven(
        messageListenerInterface = MessageListener.class,
        activationConfig = {
            @ActivationConfigProperty(propertyName = "queues", propertyValue = "inbound"),
            @ActivationConfigProperty(propertyName = "threads", propertyValue = "3"),
            @ActivationConfigProperty(propertyName = "grace", propertyValue = "PT1S")
        })
public class InboundBean extends JobsBean {}
